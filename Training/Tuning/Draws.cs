using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning;

/// <summary>All that is random in a search: draw k of a stream is a function of (seed, trial, stream, k).</summary>
internal static class Draws
{
    /// <summary>What draws are for; each has its own stream.</summary>
    public enum Purpose
    {
        Uniform,
        Candidates,
        Direction,
        Restart,
        Arm,
        Mixture,
        Shift,
    }

    /// <summary>The draws of a trial for a purpose.</summary>
    public static RandomStream Of(ulong seed, int trial, Purpose purpose) =>
        new(RandomStream.Key(RandomStream.Key(RandomStream.Key(0x7475_6E65, seed), (ulong)trial), (ulong)purpose));

    /// <summary>A uniform point of the cube.</summary>
    public static double[] Point(SearchCube cube, ref RandomStream draws)
    {
        var point = new double[cube.Dimensions];
        for (int i = 0; i < point.Length; i++) point[i] = draws.NextDouble();
        return cube.Snap(point);
    }
}
