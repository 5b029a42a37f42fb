using System.Runtime.InteropServices;
using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A step in floats among steps in bytes: its inputs are expanded and its output is quantised, a few images at a time so that the
/// floats stay in cache.</summary>
/// <param name="step">The step in floats.</param>
/// <param name="inputShapes">Shapes of one image's inputs.</param>
/// <param name="inputScales">What the bytes of each input mean; null where it is floats.</param>
/// <param name="outputScale">What the bytes of the output mean; null where it is to be floats.</param>
internal sealed class FloatStep(InferenceStep step, Shape[] inputShapes, ByteScale?[] inputScales, ByteScale? outputScale)
    : InferenceStep(step.Inputs, step.Output)
{
    // An L2 cache of floats for the images under way.
    private const int ChunkFloats = 1 << 18;

    public override Shape Storage => outputScale is null ? Output : ByteStep.Packed(Output);

    public override long MultiplyAdds => step.MultiplyAdds;

    public override long WeightFloats(int batch) => step.WeightFloats(batch);

    private IEnumerable<Shape> Shapes => inputShapes.Append(Output);

    public override long ScratchFloats(int batch, int threads)
        => Arena.Align(step.ScratchFloats(Chunk(batch), threads)) + Shapes.Sum(s => Arena.Align((long)Chunk(batch) * s.Length));

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
    {
        int most = Chunk(output.Capacity);
        long offset = Arena.Align(step.ScratchFloats(most, team.Threads));
        Tensor[] floats = [.. Shapes.Select(Place)];
        (Tensor[] from, Tensor to) = (floats[..^1], floats[^1]);
        Action run = step.Bind(from, to, scratch, team);
        return () =>
        {
            for (int first = 0; first < output.Batch; first += most)
            {
                foreach (Tensor tensor in floats) tensor.Batch = Math.Min(most, output.Batch - first);
                for (int i = 0; i < from.Length; i++) Expand(inputs[i], inputScales[i], first, from[i], team);
                run();
                Collect(to, first, output, team);
            }
        };

        Tensor Place(Shape shape)
        {
            var tensor = new Tensor(scratch, checked((int)offset), most, shape);
            offset += Arena.Align((long)most * shape.Length);
            return tensor;
        }
    }

    public override string ToString() => step.ToString()!;

    private int Chunk(int batch) => Math.Clamp(ChunkFloats / Shapes.Max(s => s.Length), 1, batch);

    private static void Expand(Tensor input, ByteScale? scale, int first, Tensor floats, ThreadTeam team)
    {
        int start = first * floats.Shape.Length, length = floats.Span.Length;
        if (scale is { } known) ByteConversion.Dequantise(MemoryMarshal.AsBytes(input.Span).Slice(start, length), known, floats.Span, team);
        else input.Span.Slice(start, length).CopyTo(floats.Span);
    }

    private void Collect(Tensor floats, int first, Tensor output, ThreadTeam team)
    {
        int start = first * floats.Shape.Length, length = floats.Span.Length;
        if (outputScale is { } known)
            ByteConversion.Quantise(floats.Span, known, MemoryMarshal.AsBytes(output.Span).Slice(start, length), team);
        else
            floats.Span.CopyTo(output.Span.Slice(start, length));
    }
}
