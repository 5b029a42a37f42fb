namespace EmotionMLNet.Kernels.Strips;

/// <summary>An operation on a picture that can be computed a few rows at a time, by one thread.</summary>
internal abstract unsafe class StripKernel
{
    public abstract int OutHeight { get; }

    /// <summary>Floats of one row of the output: width · channels.</summary>
    public abstract int OutRowFloats { get; }

    /// <summary>Rows that are computed together: a strip begins at a multiple of it and ends at one or with the picture.</summary>
    public virtual int RowStep => 1;

    /// <summary>Rows in a strip below which reading the weights costs more than the strip saves.</summary>
    public virtual int WorthwhileRows => 1;

    /// <summary>Floats of weights that a strip reads.</summary>
    public virtual long WeightFloats => 0;

    /// <summary>Floats of scratch that <see cref="Rows"/> needs.</summary>
    public virtual long ScratchFloats => 0;

    /// <summary>Rows of the input that output rows [first, end) are made of, all inside the picture.</summary>
    public abstract (int First, int End) Reads(int first, int end);

    /// <summary>Computes output rows [first, end) of one picture.</summary>
    /// <param name="first">First row.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="x">Row 0 of the input, of which only the rows that are read have to exist.</param>
    /// <param name="residual">Row 0 of what is added, or null; rows [first, end) exist.</param>
    /// <param name="y">Row 0 of the output, of which rows [first, end) exist.</param>
    /// <param name="scratch">Working memory, <see cref="ScratchFloats"/> floats.</param>
    public abstract void Rows(int first, int end, float* x, float* residual, float* y, float* scratch);

    /// <summary>Rows under a window that moves by a stride.</summary>
    protected static (int First, int End) Window(int first, int end, int stride, int reach, int padding, int height)
        => (Math.Clamp(first * stride - padding, 0, height), Math.Clamp((end - 1) * stride - padding + reach, 0, height));
}
