using EmotionMLNet.Layers;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The operators that move values without computing: most of them only change how the next operator sees a feature.</summary>
internal static class LayoutOperators
{
    private static readonly Dictionary<string, Action<GraphInterpreter, OnnxNode>> Operators = new()
    {
        ["Identity"] = (g, n) => g.Set(n, g.GetFeature(n, 0)),
        ["Cast"] = Cast,
        ["Reshape"] = (g, n) => ReshapeTo(g, n, Target(g, n)),
        ["Flatten"] = Flatten,
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["Transpose"] = Transpose,
        ["Concat"] = Concat,
        ["Split"] = Split,
        ["Slice"] = Slice,
        ["Gather"] = Gather,
        ["Expand"] = Expand,
        ["Pad"] = Pad,
    };

    public static Action<GraphInterpreter, OnnxNode>? Find(string type) => Operators.GetValueOrDefault(type);

    private static void Cast(GraphInterpreter g, OnnxNode n)
    {
        if ((ElementType)n.Int("to", 0) is not (ElementType.Float or ElementType.Double or ElementType.Float16))
            throw g.Unsupported(n, "it makes whole numbers of a feature");
        g.Set(n, g.GetFeature(n, 0));
    }

    // 0 keeps an extent, -1 takes what is left.
    private static long[] Target(GraphInterpreter g, OnnxNode n)
    {
        long[] from = g.GetFeature(n, 0).Dimensions, to = [.. n.Ints.GetValueOrDefault("shape") ?? g.GetConstant(n, 1, "the shape").Ints];
        for (int i = 0; i < to.Length; i++)
            if (to[i] == 0 && n.Int("allowzero", 0) == 0) to[i] = i < from.Length ? from[i] : 0;
        int open = Array.IndexOf(to, -1);
        if (open >= 0)
            to[open] = from.Aggregate(1L, (a, b) => a * b) / Math.Max(1, to.Where((_, i) => i != open).Aggregate(1L, (a, b) => a * b));
        return to;
    }

    private static void Flatten(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        long[] from = x.Dimensions;
        int axis = (int)n.Int("axis", 1);
        if (axis < 0) axis += from.Length;
        bool layer = g.Own && !n.Output.EndsWith(LayerWriter.VectorView, StringComparison.Ordinal);
        if (layer && x.Layout == Layout.ChannelsFirst && axis == 1) g.Emit(n, new Layers.Flatten(), x, Layout.Vector);
        else ReshapeTo(g, n, [from[..axis].Aggregate(1L, (a, b) => a * b), from[axis..].Aggregate(1L, (a, b) => a * b)]);
    }

    private static void Squeeze(GraphInterpreter g, OnnxNode n)
    {
        long[] from = g.GetFeature(n, 0).Dimensions;
        long[]? axes = n.Ints.GetValueOrDefault("axes") ?? g.FindConstant(n, 1, "its axes")?.Ints;
        // Without axes every axis of one goes, but never the images'.
        ReshapeTo(g, n, [.. from.Where((d, i) => axes is null ? i == 0 || d != 1 : !axes.Contains(i) && !axes.Contains(i - from.Length))]);
    }

    private static void Unsqueeze(GraphInterpreter g, OnnxNode n)
    {
        long[] from = g.GetFeature(n, 0).Dimensions, axes = n.Ints.GetValueOrDefault("axes") ?? g.GetConstant(n, 1, "its axes").Ints;
        ReshapeTo(g, n, Shapes.Unsqueeze(from, axes));
    }

    /// <summary>The same values in the same order under other extents.</summary>
    private static void ReshapeTo(GraphInterpreter g, OnnxNode n, long[] target)
    {
        Feature x = g.GetFeature(n, 0);
        if (x.Layout == Layout.Dealt && target.Length <= 4)
        {
            int shuffled = g.Draft.Add(g.NameOf(n), new ChannelShuffle(x.Groups), x.Node);
            x = new Feature(shuffled, x.Shape, x.Batch, Layout.ChannelsFirst);
        }
        bool last = x.Layout == Layout.ChannelsLast, either = x.Shape.Plane == 1 || x.Shape.Channels == 1;
        Layout[] candidates =
        [
            x.Layout,
            .. x.Shape.Plane == 1 ? [Layout.Vector] : Array.Empty<Layout>(),
            .. !last || either ? [Layout.ChannelsFirst] : Array.Empty<Layout>(),
            .. last || either ? [Layout.ChannelsLast] : Array.Empty<Layout>(),
            .. !last ? [Layout.Rows] : Array.Empty<Layout>(),
            .. x.Shape.Channels == 1 ? [Layout.Plane] : Array.Empty<Layout>(),
        ];
        foreach (Layout layout in candidates)
        {
            Feature seen = x.As(layout, x.Groups);
            if (!seen.Dimensions.SequenceEqual(target)) continue;
            g.Set(n, seen);
            return;
        }
        if (
            !last
            && target is [_, var groups, _, var height, var width]
            && groups > 0
            && x.Shape.Channels % groups == 0
            && (height, width) == (x.Shape.Height, x.Shape.Width)
            && x.As(Layout.Grouped, (int)groups) is var grouped
            && grouped.Dimensions.SequenceEqual(target)
        )
            g.Set(n, grouped);
        else if (
            target.Length == 2
            && target[0] == x.Batch
            && target[1] == x.Shape.Length
            && x.Layout is Layout.ChannelsFirst or Layout.ChannelsLast or Layout.Rows
        )
            g.Emit(n, new Layers.Flatten(channelsLast: last), x, Layout.Vector);
        else
            throw g.Unsupported(n, $"from [{string.Join(", ", x.Dimensions)}] to [{string.Join(", ", target)}]");
    }

    private static void Transpose(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        int[] order =
        [
            .. n.Ints.TryGetValue("perm", out long[]? given)
                ? given.Select(i => (int)i)
                : Enumerable.Range(0, x.Dimensions.Length).Reverse(),
        ];
        if (order.SequenceEqual(Enumerable.Range(0, order.Length))) g.Set(n, x);
        else if (x.Layout == Layout.ChannelsFirst && order is [0, 2, 3, 1]) g.Set(n, x.As(Layout.ChannelsLast));
        else if (x.Layout == Layout.ChannelsLast && order is [0, 3, 1, 2]) g.Set(n, x.As(Layout.ChannelsFirst));
        else if (x.Layout == Layout.Grouped && order is [0, 2, 1, 3, 4]) g.Set(n, x.As(Layout.Dealt, x.Groups));
        else if (x.Layout == Layout.Dealt && order is [0, 2, 1, 3, 4])
            g.Set(n, x.As(Layout.Grouped, x.Groups));
        else if (order.Length == x.Dimensions.Length && order[0] == 0 && x.Shape.Plane == 1)
            ReshapeTo(g, n, [.. order.Select(i => x.Dimensions[i])]);
        else
            throw g.Unsupported(n, $"axes [{string.Join(", ", order)}] of [{string.Join(", ", x.Dimensions)}]");
    }

    private static void Concat(GraphInterpreter g, OnnxNode n)
    {
        Value[] values = [.. Enumerable.Range(0, n.Inputs.Count).Select(i => g.GetInput(n, i))];
        Feature[] features = [.. values.OfType<Feature>()];
        if (
            features.Length < values.Length
            || features.Any(f => f.Layout != features[0].Layout)
            || !IsChannelAxis(features[0], n.Int("axis", 1))
        )
            throw g.Unsupported(
                n,
                $"axis {n.Int("axis", 1)} of {string.Join(" and ", values.Select(v => $"[{string.Join(", ", v.Dimensions)}]"))}"
            );
        if (features.Length == 1) g.Set(n, features[0]);
        else g.Emit(n, new Concat(), features);
    }

    private static void Split(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        if (!IsChannelAxis(x, n.Int("axis", 0))) throw g.Unsupported(n, $"axis {n.Int("axis", 0)} of [{string.Join(", ", x.Dimensions)}]");
        int parts = n.Outputs.Count;
        if (parts > x.Shape.Channels) throw g.Unsupported(n, $"{parts} parts of {x.Shape.Channels} channels");
        int size = (x.Shape.Channels + parts - 1) / parts;
        long[] sizes =
            n.Ints.GetValueOrDefault("split")
            ?? g.FindConstant(n, 1, "its sizes")?.Ints
            ?? [.. Enumerable.Range(0, parts).Select(i => (long)Math.Min(size, x.Shape.Channels - i * size))];
        if (sizes.Length != parts || sizes.Any(s => s < 1 || s > x.Shape.Channels))
            throw g.Unsupported(n, "its sizes are not those of its outputs");
        for (int i = 0, start = 0; i < parts; start += (int)sizes[i++]) g.Set(n, Channels(g, n, x, start, (int)sizes[i], i), i);
    }

    private static void Slice(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        (long[] starts, long[] ends, long[] axes, long[] steps) = Shapes.Slice(g, n);
        Feature result = x;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = (int)(axes[i] < 0 ? axes[i] + x.Dimensions.Length : axes[i]);
            long size = result.Dimensions[axis];
            (long start, long end) = (
                Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, size),
                Math.Clamp(ends[i] < 0 ? ends[i] + size : ends[i], 0, size)
            );
            if (steps[i] != 1) throw g.Unsupported(n, $"steps of {steps[i]}");
            if ((start, end) == (0, size)) continue;
            if (axis != x.ChannelAxis || x.Layout == Layout.Rows)
                throw g.Unsupported(n, $"axis {axis} of [{string.Join(", ", x.Dimensions)}]");
            result = Channels(g, n, result, (int)start, (int)(end - start), 0);
        }
        g.Set(n, result);
    }

    // x[:, i], or the only place of an axis
    private static void Gather(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        Constant indices = g.GetConstant(n, 1, "its indices");
        long[] from = x.Dimensions;
        int along = (int)(n.Int("axis", 0) < 0 ? n.Int("axis", 0) + from.Length : n.Int("axis", 0));
        if (along > 0 && from[along] == 1 && indices.Length == 1 && indices.Ints[0] is 0 or -1)
        {
            ReshapeTo(g, n, [.. from[..along], .. indices.Dimensions, .. from[(along + 1)..]]);
            return;
        }
        if (indices.Length != 1 || x.Layout != Layout.ChannelsFirst || n.Int("axis", 0) is not (1 or -3))
            throw g.Unsupported(n, $"axis {n.Int("axis", 0)} of [{string.Join(", ", x.Dimensions)}]");
        long channel = indices.Ints[0] < 0 ? indices.Ints[0] + x.Shape.Channels : indices.Ints[0];
        if (channel < 0 || channel >= x.Shape.Channels) throw g.Unsupported(n, $"channel {channel} of {x.Shape.Channels}");
        Feature one = Channels(g, n, x, (int)channel, 1, 0);
        g.Set(n, indices.Dimensions.Length == 0 ? one.As(Layout.Plane) : one);
    }

    // Needless, or the broadcasting of a gate that Mul does anyway.
    private static void Expand(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        long[] from = x.Dimensions, to = g.GetConstant(n, 1, "the shape").Ints;
        bool same = to.Length <= from.Length && to.Reverse().Zip(from.Reverse()).All(p => p.First == 1 || p.First == p.Second);
        bool gate =
            x.Layout == Layout.ChannelsFirst && x.Shape.Plane == 1 && to.Length == 4 && to.AsSpan(0, 2).SequenceEqual(from.AsSpan(0, 2));
        if (!same && !(gate && g.Graph.OnlyFeeds(n.Output, "Mul")))
            throw g.Unsupported(n, $"from [{string.Join(", ", from)}] to [{string.Join(", ", to)}]");
        g.Set(n, x);
    }

    private static Feature Channels(GraphInterpreter g, OnnxNode n, Feature x, int start, int count, int output)
    {
        if (start == 0 && count == x.Shape.Channels) return x;
        int added = g.Draft.Add(output == 0 ? g.NameOf(n) : $"{g.NameOf(n)}_{output}", new ChannelSlice(start, count), x.Node);
        return new Feature(added, g.Draft.ShapeOf(added), x.Batch, x.Layout);
    }

    private static void Pad(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        if (n.Texts.GetValueOrDefault("mode", "constant") != "constant") throw g.Unsupported(n, $"mode {n.Texts["mode"]}");
        long[] given = n.Ints.GetValueOrDefault("pads") ?? n.Ints.GetValueOrDefault("paddings") ?? g.GetConstant(n, 1, "its borders").Ints;
        float value = n.Floats.TryGetValue("value", out float v) ? v : g.FindConstant(n, 2, "its value")?.Floats[0] ?? 0;
        int rank = x.Dimensions.Length;
        var borders = new long[2 * rank];
        long[] axes = g.FindConstant(n, 3, "its axes")?.Ints ?? [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = (int)(axes[i] < 0 ? axes[i] + rank : axes[i]);
            (borders[axis], borders[axis + rank]) = (given[i], given[i + axes.Length]);
        }
        int row = x.Layout == Layout.ChannelsLast ? 1 : 2;
        if (borders.All(b => b == 0) && !g.Own)
        {
            g.Set(n, x);
            return;
        }
        bool plain =
            x.Layout is Layout.ChannelsFirst or Layout.ChannelsLast
            && borders.Where((_, i) => i % rank != row && i % rank != row + 1).All(b => b == 0);
        if (!plain || borders.Any(b => b is < 0 or > ushort.MaxValue))
            throw g.Unsupported(n, $"borders [{string.Join(", ", borders)}] of [{string.Join(", ", x.Dimensions)}]");
        g.Emit(
            n,
            new Layers.Pad(((int)borders[row], (int)borders[row + 1], (int)borders[row + rank], (int)borders[row + 1 + rank]), value),
            x
        );
    }

    private static bool IsChannelAxis(Feature x, long axis) =>
        (axis < 0 ? axis + x.Dimensions.Length : axis) == x.ChannelAxis && x.Layout != Layout.Rows;
}
