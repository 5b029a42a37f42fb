using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>The memory with which a plan runs one layer; made once, reused every step.</summary>
internal sealed class LayerContext
{
    public required Tensor[] Inputs { get; init; }

    public required Tensor Output { get; init; }

    /// <summary>dLoss/dOutput; null outside training.</summary>
    public Tensor? OutputGradient { get; init; }

    /// <summary>dLoss/dInputs[i], or null where nobody needs it (the network's own input).</summary>
    public Tensor?[] InputGradients { get; init; } = [];

    /// <summary>What Forward keeps for Backward; <see cref="Layer.SavedFloats"/> long at full batch.</summary>
    public Tensor? SavedMemory { get; init; }

    /// <summary>Shared by all layers of a plan; at least <see cref="Layer.ScratchFloats"/> long.</summary>
    public required Arena ScratchMemory { get; init; }

    public required ThreadTeam Team { get; init; }

    /// <summary>Training: batch statistics, dropout, Saved filled. Otherwise the function a predictor computes.</summary>
    public bool Training { get; set; }

    /// <summary>Seed of this layer's random draws in this step; a function of run seed, step and layer alone.</summary>
    public ulong Seed { get; set; }

    public int Batch => Output.Batch;

    public Tensor Input => Inputs[0];

    public Span<float> Saved => SavedMemory is { } saved ? saved.Span : default;

    public Span<float> Scratch => ScratchMemory.Slice(0, ScratchMemory.Length);
}
