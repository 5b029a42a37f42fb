using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Architectures;

/// <summary>
/// What the published backbones share: names of torchvision's state_dict, ImageNet's normalisation, scaled widths, and a stem for small
/// faces.
/// </summary>
internal sealed class Backbone(ArchitectureOptions options, float epsilon = 1e-5f, float momentum = 0.1f)
{
    /// <summary>Faces are small: 96 pixels train on a CPU in reasonable time, 224 is what ImageNet weights were made for.</summary>
    public static ImagePreprocessing Preprocessing { get; } = new()
    {
        Width = 96,
        Height = 96,
        Channels = 3,
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
    };

    private const int SmallSide = 64, Divisor = 8;

    public NetworkBuilder Net { get; } = new(options.Input);

    /// <summary>
    /// Up to 64 pixels the stem halves once less than published, by its strides alone, so that weights still fit: a face of 48 pixels
    /// would otherwise end as 2 x 2.
    /// </summary>
    public bool SmallInput { get; } = Math.Max(options.Input.Height, options.Input.Width) <= SmallSide;

    /// <summary>
    /// Channels times the width multiplier, rounded to eights and never by more than a tenth down (torchvision's _make_divisible).
    /// </summary>
    public int Width(double channels)
    {
        double scaled = channels * options.WidthMultiplier;
        return Divisible(scaled);
    }

    public static int Divisible(double channels)
    {
        int rounded = Math.Max(Divisor, (int)(channels + Divisor / 2) / Divisor * Divisor);
        return rounded < 0.9 * channels ? rounded + Divisor : rounded;
    }

    /// <summary>
    /// Convolution without bias and batch norm, and an activation if one is given: conv is called "prefix.0", norm "prefix.1", activation
    /// "prefix.2".
    /// </summary>
    public int ConvNorm(
        string prefix,
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        int groups = 1,
        Layer? activation = null,
        int? from = null
    ) => ConvNorm($"{prefix}.0", $"{prefix}.1", $"{prefix}.2", inputs, outputs, kernel, stride, groups, activation, from);

    public int ConvNorm(
        string conv,
        string norm,
        string act,
        int inputs,
        int outputs,
        int kernel,
        int stride,
        int groups,
        Layer? activation,
        int? from = null
    )
    {
        int last = Net.Add(
            conv,
            new Conv2D(inputs, outputs, kernel, stride, padding: kernel / 2, groups, bias: false),
            from ?? Net.Count - 1
        );
        last = Net.Add(norm, new BatchNorm(outputs, epsilon, momentum), last);
        return activation is null ? last : Net.Add(act, activation, last);
    }

    /// <summary>Squeeze-and-excitation behind the last node.</summary>
    public int SqueezeExcite(string prefix, int channels, int squeezed, Layer activation, Layer gate)
    {
        int x = Net.Count - 1;
        int scale = ResidualBlock.Gate(Net, prefix, channels, squeezed, activation, gate);
        return Net.Add($"{prefix}.scale", new Multiply(), x, scale);
    }

    /// <summary>Adds the block's input where shape and stride allow it.</summary>
    /// <param name="block">The sum is called "block.add", stochastic depth "block.drop".</param>
    /// <param name="input">The block's input.</param>
    /// <param name="fits">Whether the shapes are the same.</param>
    /// <param name="dropRate">The drop rate of stochastic depth.</param>
    public int Residual(string block, int input, bool fits, float dropRate)
    {
        int last = Net.Count - 1;
        return fits ? Net.Add($"{block}.add", new Add(), ResidualBlock.Drop(Net, $"{block}.drop", dropRate), input) : last;
    }

    public int Channels(int node) => Net.ShapeOf(node).Channels;

    /// <summary>For networks whose channels can only be scaled together.</summary>
    /// <exception cref="ArgumentException">Filters a stage were given to a network that has a width multiplier instead.</exception>
    public void RefuseWidths(string name)
    {
        if (options.Widths.Count == 0) return;
        string given = $"widths is {string.Join(',', options.Widths)}";
        throw new ArgumentException($"{given}: {name} has no list of widths; scale all of them with widthMultiplier");
    }
}
