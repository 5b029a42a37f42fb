namespace EmotionMLNet.Onnx.Import;

/// <summary>Rules on extents that features and constants share.</summary>
internal static class Shapes
{
    public static long[] Unsqueeze(long[] from, long[] axes)
    {
        int rank = from.Length + axes.Length;
        if (rank > OnnxTensor.MostAxes) throw new OnnxFormatException($"a tensor of {rank} axes");
        var to = new List<long>();
        for (int i = 0, next = 0; i < rank; i++) to.Add(axes.Contains(i) || axes.Contains(i - rank) ? 1 : from[next++]);
        return [.. to];
    }

    /// <summary>Starts, ends, axes and steps of a Slice: inputs, and attributes before opset 10.</summary>
    public static (long[] Starts, long[] Ends, long[] Axes, long[] Steps) Slice(GraphInterpreter g, OnnxNode n)
    {
        long[] starts = n.Ints.GetValueOrDefault("starts") ?? g.GetConstant(n, 1, "its start").Ints,
            ends = n.Ints.GetValueOrDefault("ends") ?? g.GetConstant(n, 2, "its end").Ints;
        long[] axes =
            n.Ints.GetValueOrDefault("axes")
            ?? g.FindConstant(n, 3, "its axes")?.Ints
            ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = g.FindConstant(n, 4, "its steps")?.Ints ?? [.. starts.Select(_ => 1L)];
        return starts.Length == ends.Length && starts.Length == axes.Length && starts.Length == steps.Length
            ? (starts, ends, axes, steps)
            : throw new OnnxFormatException(
                $"operator Slice at node '{n.Label}' has as many starts as {starts.Length}, ends as {ends.Length}, axes as "
                    + $"{axes.Length}"
            );
    }
}
