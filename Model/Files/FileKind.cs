using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Files;

/// <summary>
/// What kind of thing lies at a path. .NET tells folders and links from the rest, but not a pipe from a file, so the operating system's own
/// stat is asked: statx(2) on Linux, whose record is the same on all processors, stat(2) on macOS. Nothing is allocated: it is done for
/// each picture.
/// </summary>
internal static partial class FileKind
{
    private const int KindBits = 0xF000,
        Regular = 0x8000,
        Folder = 0x4000,
        Pipe = 0x1000,
        CharacterDevice = 0x2000,
        BlockDevice = 0x6000,
        Socket = 0xC000;

    private const int RecordBytes = 256;

    /// <summary>
    /// "a named pipe", "a device", "a folder", ... for what is no regular file; null for a regular file, for nothing at all, and where it
    /// can't be told.
    /// </summary>
    /// <param name="path">Links are followed.</param>
    public static string? Irregular(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (path.StartsWith(@"\\.\", StringComparison.Ordinal)) return "a device";
            return Directory.Exists(path) ? "a folder" : null;
        }
        return (Mode(path) & KindBits) switch
        {
            Folder => "a folder",
            Pipe => "a named pipe",
            Socket => "a socket",
            CharacterDevice or BlockDevice => "a device",
            _ => null,
        };
    }

    /// <summary>
    /// Whether an open file is the one that lies at a path now: not removed since it was opened, and no other put in its place. True where
    /// that can't be told.
    /// </summary>
    /// <param name="open">A file of Linux or macOS.</param>
    /// <param name="path">Where it was.</param>
    public static bool IsOpenAt(SafeFileHandle open, string path)
    {
        Span<byte> held = stackalloc byte[RecordBytes], there = stackalloc byte[RecordBytes];
        if (!Describe($"{(OperatingSystem.IsLinux() ? "/proc/self" : "/dev")}/fd/{open.DangerousGetHandle()}", held)) return true;
        if (!Describe(path, there)) return false;
        // The number of the file, and the disk that it counts on.
        return OperatingSystem.IsLinux()
            ? held.Slice(32, 8).SequenceEqual(there.Slice(32, 8)) && held.Slice(136, 8).SequenceEqual(there.Slice(136, 8))
            : held.Slice(8, 8).SequenceEqual(there.Slice(8, 8)) && held[..4].SequenceEqual(there[..4]);
    }

    // struct statx: mask, block size, attributes (8 bytes), links, user, group, then the mode. struct stat of macOS: device, then the mode.
    private static int Mode(string path)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        if (Describe(path, record)) return BinaryPrimitives.ReadUInt16LittleEndian(record[(OperatingSystem.IsLinux() ? 28 : 4)..]);
        return Directory.Exists(path) ? Folder : Regular;
    }

    // The record of stat; false where there is no such file, or a system library without these functions.
    private static bool Describe(string path, Span<byte> record)
    {
        const int currentFolder = -100, basicStats = 0x7FF;
        try
        {
            if (OperatingSystem.IsLinux()) return StatX(currentFolder, path, 0, basicStats, record) == 0;
            bool isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
            return OperatingSystem.IsMacOS() && (isArm ? Stat(path, record) : Stat64(path, record)) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> record);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, Span<byte> record);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat64(string path, Span<byte> record);
}
