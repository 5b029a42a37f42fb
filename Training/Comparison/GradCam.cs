using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// Where in a picture the evidence for a class lies: Grad-CAM, Selvaraju et al. 2017, arXiv:1610.02391. L = ReLU(Σ_k α_k A_k), with A the
/// last feature maps of the network and α_k = 1/Z Σ_ij ∂y/∂A_kij the mean gradient of the class's score y (eq. 1 and 2).
/// </summary>
/// <remarks>
/// The gradient comes from the ordinary backward pass. The network is cut behind A, and a depthwise 1x1 convolution that changes nothing
/// (weight 1, bias 0) is put at the beginning of the second part: its bias has the gradient Σ_ij ∂y/∂A_kij. Where the second part is
/// global average pooling and a linear layer, α are that layer's weights over Z, and this is CAM (Zhou et al. 2016).
/// </remarks>
internal sealed class GradCam
{
    private readonly InferenceSession front;
    private readonly TrainingPlan tail;
    private readonly Conv2D probe;
    private readonly Shape map;
    private readonly OutputHead head;

    private GradCam(Network network, int cut, ThreadTeam team)
    {
        map = network.ShapeOf(cut);
        head = network.Head;
        front = new InferenceSession(InferencePlan.Compile(Front(network, cut)), 1, team);
        probe = new Conv2D(map.Channels, map.Channels, kernel: 1, groups: map.Channels);
        Array.Fill(probe.Weight.Values, 1);
        tail = new TrainingPlan(Tail(network, cut, probe), 1, team);
    }

    /// <summary>Rows of a heat map.</summary>
    public int Height => map.Height;

    /// <summary>Columns of a heat map.</summary>
    public int Width => map.Width;

    /// <summary>Mean gradient of each feature map of the latest <see cref="HeatMap"/>.</summary>
    internal float[] Alpha => [.. probe.Bias!.Gradient!.Select(g => g / map.Plane)];

    /// <summary>Prepares a network; null where no feature map stands between all of the input and all of the output.</summary>
    /// <param name="network">The network, which is not changed.</param>
    /// <param name="team">Threads.</param>
    public static GradCam? For(Network network, ThreadTeam team) => LastMap(network) is { } cut ? new GradCam(network, cut, team) : null;

    /// <summary>
    /// The heat map of one picture for one class: [Height, Width], 0 or more, 1 at its peak (all 0 where nothing speaks for the class).
    /// </summary>
    /// <param name="normalised">The network's input, NHWC.</param>
    /// <param name="label">Class index.</param>
    public float[] HeatMap(ReadOnlySpan<float> normalised, int label)
    {
        normalised.CopyTo(front.Input.Image(0));
        front.Run();
        Span<float> a = front.Logits.Image(0); // [H, W, C]
        a.CopyTo(tail.Input.Image(0));
        tail.Forward(seed: 0);
        Span<float> dy = tail.LogitsGradient.Image(0);
        dy.Clear();
        if (head == OutputHead.Sigmoid) dy[0] = label == 1 ? 1 : -1; // one score, for the second class
        else dy[label] = 1;
        tail.Backward();

        float[] alpha = probe.Bias!.Gradient!, heat = new float[map.Plane];
        for (int i = 0; i < heat.Length; i++)
        {
            float sum = 0;
            for (int k = 0; k < map.Channels; k++) sum += alpha[k] * a[i * map.Channels + k];
            heat[i] = Math.Max(0, sum / map.Plane);
        }
        float peak = heat.Max();
        if (peak > 0) for (int i = 0; i < heat.Length; i++) heat[i] /= peak;
        return heat;
    }

    /// <summary>
    /// The last node with a plane of pixels that everything behind it depends on alone; pooling and dropout are passed over, for the finer
    /// map in front of them.
    /// </summary>
    internal static int? LastMap(Network network)
    {
        for (int cut = network.Nodes.Count - 2; cut >= 0; cut--)
        {
            if (network.ShapeOf(cut).Plane <= 1 || network.Nodes[cut].Layer is WindowPool or { TrainingOnly: true }) continue;
            if (Enumerable.Range(Network.Input, cut + 1).All(i => network.LastReader(i) <= cut)) return cut;
        }
        return null;
    }

    private static Network Front(Network network, int cut)
    {
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes.Take(cut + 1)) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        builder.Add("feature maps", new Flatten(channelsLast: true));
        return builder.Build();
    }

    // As a predictor runs it: no dropout, batch norms with the statistics of training.
    private static Network Tail(Network network, int cut, Layer probe)
    {
        var builder = new NetworkBuilder(network.ShapeOf(cut));
        var index = new Dictionary<int, int> { [cut] = builder.Add("probe", probe) };
        for (int i = cut + 1; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            if (node.Layer.TrainingOnly)
            {
                index[i] = index[node.Inputs[0]];
                continue;
            }
            Layer copy = node.Layer.Clone();
            if (copy is BatchNorm norm) norm.Frozen = true;
            index[i] = builder.Add(node.Name, copy, [.. node.Inputs.Select(j => index[j])]);
        }
        return builder.Build(network.Head);
    }
}
