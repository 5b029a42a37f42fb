using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>What a layer's <c>Backward</c> reads again; whatever it does not name, the plan may have overwritten by then.</summary>
[Flags]
internal enum BackwardReads
{
    Nothing = 0,
    Inputs = 1,
    Output = 2,
}

/// <summary>
/// A differentiable function of one or more tensors, with its parameters. Knows nothing of graphs, files, ONNX or fusion.
/// </summary>
/// <remarks>
/// A layer holds parameters and options, never activations: those come in a <see cref="LayerContext"/>, so one layer can be run by
/// several plans. Its derivative stands below its function, in the notation dX = dLoss/dX.
/// </remarks>
internal abstract class Layer
{
    /// <summary>Parameters in PyTorch's order; empty for most.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>The shape rule.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message names the layer, what it wants and what it got.</exception>
    public abstract Shape OutputShape(params ReadOnlySpan<Shape> inputs);

    /// <summary>Multiply-adds an image, the field's "MACs"; 0 where a layer only moves or scales data.</summary>
    public virtual long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => 0;

    /// <summary>Draws initial parameters; the file says from which distribution and paper.</summary>
    internal virtual void Initialise(Random random) { }

    /// <summary>A copy with parameters of its own.</summary>
    internal abstract Layer Clone();

    /// <summary>Floats that Forward keeps for Backward in <see cref="LayerContext.Saved"/> during training.</summary>
    internal virtual long SavedFloats(ReadOnlySpan<Shape> inputs, int batch) => 0;

    /// <summary>Floats of <see cref="LayerContext.Scratch"/> that Forward or Backward uses; content is undefined at entry.</summary>
    internal virtual long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads) => 0;

    /// <summary>What Backward reads again.</summary>
    internal virtual BackwardReads Reads => BackwardReads.Inputs;

    /// <summary>Whether Output may be the same memory as Inputs[0], and InputGradients[0] the same as OutputGradient.</summary>
    internal virtual bool InPlace => false;

    /// <summary>Whether the layer does something in training alone, and is the identity in a predictor.</summary>
    internal virtual bool TrainingOnly => false;

    /// <summary>Output = f(Inputs). With <see cref="LayerContext.Training"/>, also fills Saved.</summary>
    internal abstract void Forward(LayerContext context);

    /// <summary>Writes (does not add to) every wanted InputGradients[i] and every Parameter.Gradient.</summary>
    internal abstract void Backward(LayerContext context);

    /// <summary>Returns the input of a layer that has exactly one, or throws naming the layer.</summary>
    private protected Shape Single(ReadOnlySpan<Shape> inputs)
        => inputs.Length == 1 ? inputs[0] : throw new ArgumentException($"{this} wants one input, got {inputs.Length}.");
}
