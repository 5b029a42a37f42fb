using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Files;

/// <summary>
/// What kind of thing lies at a path. .NET tells folders and links from the rest, but not a pipe from a file, so the operating system's own
/// stat is asked: statx(2) on Linux, whose record is the same on all processors, stat(2) on macOS.
/// </summary>
internal static partial class FileKind
{
    private const int KindBits = 0xF000, Regular = 0x8000, Pipe = 0x1000, CharacterDevice = 0x2000, BlockDevice = 0x6000, Socket = 0xC000;

    /// <summary>"a named pipe", "a device", ... for what is no regular file; null for a regular file, and where it can't be told.</summary>
    /// <param name="path">A file that exists; links are followed.</param>
    public static string? Irregular(string path)
    {
        if (OperatingSystem.IsWindows()) return IsWindowsDevice(path) ? "a device" : null;
        return (Mode(path) & KindBits) switch
        {
            Pipe => "a named pipe",
            Socket => "a socket",
            CharacterDevice or BlockDevice => "a device",
            _ => null,
        };
    }

    private static bool IsWindowsDevice(string path) => path.StartsWith(@"\\.\", StringComparison.Ordinal) || (File.GetAttributes(path) & FileAttributes.Device) != 0;

    private static int Mode(string path)
    {
        const int CurrentFolder = -100, BasicStats = 0x7FF;
        byte[] record = new byte[256];
        try
        {
            // struct statx: mask, block size, attributes (8 bytes), links, user, group, then the mode. struct stat of macOS: device, then the mode.
            if (OperatingSystem.IsLinux()) return StatX(CurrentFolder, path, 0, BasicStats, record) == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(28)) : Regular;
            bool isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
            if (OperatingSystem.IsMacOS()) return (isArm ? Stat(path, record) : Stat64(path, record)) == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(4)) : Regular;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system library without these functions: the size limit still holds.
        }
        return Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, [Out] byte[] record);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, [Out] byte[] record);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat64(string path, [Out] byte[] record);
}
