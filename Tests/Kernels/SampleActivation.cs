using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>The activations that kernels apply on their way, by a name that a test case can carry, with their definition.</summary>
internal sealed record SampleActivation(Activation Activation, Func<double, double> Definition)
{
    public const string None = "none", ReLU = "ReLU", ReLU6 = "ReLU6";

    public static SampleActivation Named(string name) => name switch
    {
        ReLU => new SampleActivation(new ReLU().Activation!, x => Math.Max(x, 0)),
        ReLU6 => new SampleActivation(new ReLU6().Activation!, x => Math.Min(Math.Max(x, 0), 6)),
        _ => new SampleActivation(Activation.None, x => x),
    };
}
