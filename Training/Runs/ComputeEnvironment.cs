using System.Globalization;
using System.Runtime.InteropServices;
using EmotionMLNet.Kernels;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What the bits of trained weights depend on besides settings and data: sums are formed in another order by other threads and vectors.
/// </summary>
/// <param name="Threads">That the work was shared by.</param>
/// <param name="VectorBits">Width of the vectors that the kernels ran with; 32 is none.</param>
/// <param name="Platform">System and processor architecture: "linux-x64".</param>
internal sealed record ComputeEnvironment(int Threads, int VectorBits, string Platform)
{
    /// <summary>This machine.</summary>
    /// <param name="threads">Number of threads, at least 1.</param>
    public static ComputeEnvironment Detect(int threads)
    {
        string system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "macos"
            : OperatingSystem.IsLinux() ? "linux"
            : "other";
        return new ComputeEnvironment(
            threads,
            32 * Lanes.Widest,
            $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"
        );
    }

    /// <summary>"2 threads, 512-bit vectors, linux-x64".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Threads} {(Threads == 1 ? "thread" : "threads")}, {VectorBits}-bit vectors, {Platform}"
        );
}
