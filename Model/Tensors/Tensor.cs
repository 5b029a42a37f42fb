namespace EmotionMLNet.Tensors;

/// <summary>
/// Up to <see cref="Capacity"/> images of one <see cref="Shape"/>, float32, channels last: [Batch, Height, Width, Channels].
/// </summary>
/// <remarks>
/// A window on an <see cref="Arena"/>; two tensors may share memory when a plan found that they never live at the same time.
/// </remarks>
internal sealed class Tensor
{
    private readonly Arena arena;
    private readonly int offset;

    public Tensor(Arena arena, int offset, int capacity, Shape shape)
    {
        this.arena = arena;
        this.offset = offset;
        Capacity = capacity;
        Batch = capacity;
        Shape = shape;
    }

    /// <summary>A tensor with memory of its own.</summary>
    public Tensor(int batch, Shape shape)
        : this(new Arena((long)batch * shape.Length), 0, batch, shape) { }

    /// <summary>Images there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Images held now, 1 to <see cref="Capacity"/>; the last batch of an epoch may be short.</summary>
    public int Batch { get; set; }

    public Shape Shape { get; }

    /// <summary>Batch · Height · Width · Channels values.</summary>
    public Span<float> Span => arena.Slice(offset, Batch * Shape.Length);

    /// <summary>Values of image n: [Height, Width, Channels].</summary>
    public Span<float> Image(int n) => arena.Slice(offset + n * Shape.Length, Shape.Length);

    public override string ToString() => $"[{Batch}, {Shape.Height}, {Shape.Width}, {Shape.Channels}]";
}
