using System.Runtime.InteropServices;

namespace EmotionMLNet.Kernels;

/// <summary>Which core a thread runs on, and how it gets to another one: Linux only, elsewhere the scheduler is trusted.</summary>
/// <remarks>Linux may wake a thread on the core of the one that woke it, and leaves two threads there that wait for each other in turns of
/// microseconds: neither looks busy enough to be moved. Measured: half the speed for minutes beside an idle core.</remarks>
internal static unsafe partial class Cores
{
    private const int MaskBytes = 128; // 1024 cores, as the C library's cpu_set_t

    private static volatile bool works = OperatingSystem.IsLinux();

    /// <summary>The core that the calling thread is on; -1 where that can't be told.</summary>
    public static int Current
    {
        get
        {
            if (!works) return -1;
            try
            {
                return CurrentCore();
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                works = false; // a Linux whose C library has another name
                return -1;
            }
        }
    }

    /// <summary>Moves the calling thread to another core that it may use, if there is one; it stays free to be moved on.</summary>
    /// <param name="core">The core to leave.</param>
    public static void Leave(int core)
    {
        byte* allowed = stackalloc byte[MaskBytes], others = stackalloc byte[MaskBytes];
        new Span<byte>(allowed, MaskBytes).Clear();
        if (!works || core < 0 || core >= 8 * MaskBytes || GetAffinity(0, MaskBytes, allowed) < 0) return;
        new ReadOnlySpan<byte>(allowed, MaskBytes).CopyTo(new Span<byte>(others, MaskBytes));
        others[core / 8] &= (byte)~(1 << core % 8);
        if (SetAffinity(0, MaskBytes, others) == 0) _ = SetAffinity(0, MaskBytes, allowed); // refused if no core is left
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    private static partial int CurrentCore();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, byte* mask);
}
