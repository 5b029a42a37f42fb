namespace EmotionMLNet.Onnx.Import;

/// <summary>
/// Computes what does not depend on the picture: constants, compressed weights, and the shapes that exporters work out inside the graph.
/// </summary>
internal static class ConstantOperators
{
    private static readonly Dictionary<string, Func<GraphInterpreter, OnnxNode, Constant>> Operators = new()
    {
        ["Constant"] = Literal,
        ["ConstantOfShape"] = Repeated,
        ["Shape"] = Shape,
        ["Size"] = (g, n) => new Constant([], [g.GetInput(n, 0).Dimensions.Aggregate(1L, (a, b) => a * b)]),
        ["Identity"] = (g, n) => (Constant)g.GetInput(n, 0),
        ["Dropout"] = (g, n) => (Constant)g.GetInput(n, 0),
        ["Cast"] = Cast,
        ["DequantizeLinear"] = Dequantise,
        ["Add"] = (g, n) => Pairwise(g, n, (a, b) => a + b, (a, b) => a + b),
        ["Sub"] = (g, n) => Pairwise(g, n, (a, b) => a - b, (a, b) => a - b),
        ["Mul"] = (g, n) => Pairwise(g, n, (a, b) => a * b, (a, b) => a * b),
        ["Div"] = (g, n) =>
            Pairwise(g, n, (a, b) => a / b, (a, b) => b == 0 ? throw new OnnxFormatException($"node '{n.Label}' divides by 0") : a / b),
        ["Pow"] = (g, n) => Pairwise(g, n, MathF.Pow, (a, b) => (long)Math.Pow(a, b)),
        ["Equal"] = (g, n) => Pairwise(g, n, (a, b) => a == b ? 1 : 0, (a, b) => a == b ? 1 : 0),
        ["Neg"] = (g, n) => Each(g, n, a => -a, a => -a),
        ["Sqrt"] = (g, n) => Each(g, n, MathF.Sqrt, a => (long)Math.Sqrt(a)),
        ["Floor"] = (g, n) => Each(g, n, MathF.Floor, a => a),
        ["Ceil"] = (g, n) => Each(g, n, MathF.Ceiling, a => a),
        ["Reciprocal"] = (g, n) => Each(g, n, a => 1 / a, a => 1 / a),
        ["Where"] = Where,
        ["Gather"] = Gather,
        ["Slice"] = Slice,
        ["Concat"] = Concat,
        ["Reshape"] = Reshape,
        ["Flatten"] = Flatten,
        ["Unsqueeze"] = (g, n) => In(g, n).Reshape(Shapes.Unsqueeze(In(g, n).Dimensions, Axes(g, n) ?? [])),
        ["Squeeze"] = Squeeze,
        ["Transpose"] = Transpose,
        ["ReduceMean"] = Mean,
        ["Expand"] = (g, n) => Broadcast(In(g, n), Together(In(g, n).Dimensions, g.GetConstant(n, 1, "the shape").Ints)),
    };

    // What stands in the file, or is a second view of it.
    private static readonly HashSet<string> Sharing = ["Constant", "Identity", "Dropout", "Reshape", "Flatten", "Unsqueeze", "Squeeze"];

    public static bool TryApply(GraphInterpreter g, OnnxNode n)
    {
        if (!Operators.ContainsKey(n.Type)) return false;
        Apply(g, n);
        return true;
    }

    public static void Apply(GraphInterpreter g, OnnxNode n)
    {
        Constant result = Operators[n.Type](g, n);
        if (!Sharing.Contains(n.Type)) g.ChargeValues(result.Length);
        g.Set(n, result);
    }

    private static Constant In(GraphInterpreter g, OnnxNode n) => g.GetConstant(n, 0, "its input");

    private static long[]? Axes(GraphInterpreter g, OnnxNode n) =>
        n.Ints.GetValueOrDefault("axes") ?? g.FindConstant(n, 1, "its axes")?.Ints;

    private static Constant Literal(GraphInterpreter g, OnnxNode n)
    {
        if (n.Tensors.GetValueOrDefault("value") is { } tensor) return new Constant(tensor);
        if (n.Floats.TryGetValue("value_float", out float single)) return new Constant([], [single]);
        if (n.Ints.TryGetValue("value_int", out long[]? one) && one.Length == 1) return new Constant([], one);
        if (n.Ints.TryGetValue("value_ints", out long[]? several)) return new Constant([several.Length], several);
        if (n.FloatLists.TryGetValue("value_floats", out float[]? fractions)) return new Constant([fractions.Length], fractions);
        throw g.Unsupported(n, "its value is neither a tensor nor a number");
    }

    private static Constant Repeated(GraphInterpreter g, OnnxNode n)
    {
        long[] dimensions = In(g, n).Ints;
        int length = Constant.CheckedLength(dimensions);
        Constant value = n.Tensors.GetValueOrDefault("value") is { } tensor ? new Constant(tensor) : new Constant([1], [0f]);
        return value.Pick(dimensions, new int[length]);
    }

    private static Constant Shape(GraphInterpreter g, OnnxNode n)
    {
        long[] dimensions = g.GetInput(n, 0).Dimensions;
        int start = Index(n.Int("start", 0), dimensions.Length), end = Index(n.Int("end", dimensions.Length), dimensions.Length);
        long[] part = dimensions[start..Math.Max(start, end)];
        return new Constant([part.Length], part);
    }

    private static int Index(long i, int length) => (int)Math.Clamp(i < 0 ? i + length : i, 0, length);

    private static Constant Cast(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        return (ElementType)n.Int("to", 1) switch
        {
            ElementType.Float or ElementType.Float16 or ElementType.Double => new Constant(x.Dimensions, x.Floats),
            ElementType.Bool => new Constant(x.Dimensions, [.. x.Floats.Select(v => v != 0 ? 1L : 0)]),
            _ => new Constant(x.Dimensions, x.Ints),
        };
    }

    private static Constant Dequantise(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n), scale = g.GetConstant(n, 1, "its scale");
        long[] zero = g.FindConstant(n, 2, "its zero point")?.Ints ?? new long[scale.Length];
        int axis = Index(n.Int("axis", 1), x.Dimensions.Length),
            inner = (int)x.Dimensions[Math.Min(axis + 1, x.Dimensions.Length)..].Aggregate(1L, (a, b) => a * b);
        if (scale.Length > 1 && scale.Length != x.Dimensions[axis] || zero.Length != scale.Length)
            throw g.Unsupported(n, "it has neither one scale nor one a channel");
        var values = new float[x.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int c = scale.Length == 1 ? 0 : i / inner % scale.Length;
            values[i] = (x.Ints[i] - zero[c]) * scale.Floats[c];
        }
        return new Constant(x.Dimensions, values);
    }

    private static Constant Each(GraphInterpreter g, OnnxNode n, Func<float, float> fraction, Func<long, long> whole) =>
        In(g, n) is { IsFloat: true } x
            ? new Constant(x.Dimensions, [.. x.Floats.Select(fraction)])
            : new Constant(In(g, n).Dimensions, [.. In(g, n).Ints.Select(whole)]);

    private static Constant Pairwise(GraphInterpreter g, OnnxNode n, Func<float, float, float> fraction, Func<long, long, long> whole)
    {
        Constant a = In(g, n), b = g.GetConstant(n, 1, "its second input");
        long[] dimensions = Together(a.Dimensions, b.Dimensions);
        (a, b) = (Broadcast(a, dimensions), Broadcast(b, dimensions));
        return a.IsFloat || b.IsFloat
            ? new Constant(dimensions, [.. a.Floats.Zip(b.Floats, fraction)])
            : new Constant(dimensions, [.. a.Ints.Zip(b.Ints, whole)]);
    }

    private static Constant Where(GraphInterpreter g, OnnxNode n)
    {
        Constant condition = In(g, n), a = g.GetConstant(n, 1, "its second input"), b = g.GetConstant(n, 2, "its third input");
        long[] dimensions = Together(Together(condition.Dimensions, a.Dimensions), b.Dimensions);
        (condition, a, b) = (Broadcast(condition, dimensions), Broadcast(a, dimensions), Broadcast(b, dimensions));
        return a.IsFloat ? new Constant(dimensions, [.. condition.Ints.Select((c, i) => c != 0 ? a.Floats[i] : b.Floats[i])])
            : new Constant(dimensions, [.. condition.Ints.Select((c, i) => c != 0 ? a.Ints[i] : b.Ints[i])]);
    }

    private static long[] Together(long[] a, long[] b)
    {
        var to = new long[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= to.Length; i++)
        {
            long p = i <= a.Length ? a[^i] : 1, q = i <= b.Length ? b[^i] : 1;
            to[^i] =
                p == 1 ? q
                : q == 1 || p == q ? p
                : throw new OnnxFormatException($"[{string.Join(", ", a)}] and [{string.Join(", ", b)}] do not fit together");
        }
        return to;
    }

    private static Constant Broadcast(Constant x, long[] to)
    {
        if (x.Dimensions.SequenceEqual(to)) return x;
        int missing = to.Length - x.Dimensions.Length;
        return Rearrange(x, to, at =>
        {
            long place = 0;
            for (int i = 0; i < x.Dimensions.Length; i++) place = place * x.Dimensions[i] + (x.Dimensions[i] == 1 ? 0 : at[i + missing]);
            return place;
        });
    }

    // Each value of the result, by its coordinates, from a place of the source.
    private static Constant Rearrange(Constant x, long[] to, Func<long[], long> source)
    {
        var places = new int[Constant.CheckedLength(to, x.Length)];
        var at = new long[to.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = checked((int)source(at));
            for (int d = to.Length - 1; d >= 0 && ++at[d] == to[d]; d--) at[d] = 0;
        }
        return x.Pick(to, places);
    }

    private static Constant Gather(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n), indices = g.GetConstant(n, 1, "its indices");
        int axis = Index(n.Int("axis", 0), x.Dimensions.Length), rank = indices.Dimensions.Length;
        long size = x.Dimensions[axis];
        return Rearrange(x, [.. x.Dimensions[..axis], .. indices.Dimensions, .. x.Dimensions[(axis + 1)..]], at =>
        {
            long index = 0, place = 0;
            for (int i = 0; i < rank; i++) index = index * indices.Dimensions[i] + at[axis + i];
            long wanted = indices.Ints[index];
            if (wanted < -size || wanted >= size)
                throw new OnnxFormatException($"operator Gather at node '{n.Label}' takes place {wanted} of {size}");
            for (int i = 0; i < x.Dimensions.Length; i++)
                place =
                    place * x.Dimensions[i]
                    + (
                        i < axis ? at[i]
                        : i > axis ? at[i - 1 + rank]
                        : wanted < 0 ? wanted + size
                        : wanted
                    );
            return place;
        });
    }

    private static Constant Slice(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        (long[] starts, long[] ends, long[] axes, long[] steps) = Shapes.Slice(g, n);
        long[] first = new long[x.Dimensions.Length], step = [.. x.Dimensions.Select(_ => 1L)], to = [.. x.Dimensions];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = Index(axes[i], to.Length);
            long size = x.Dimensions[axis];
            if (steps[i] == 0 || Math.Abs(steps[i]) > int.MaxValue) throw g.Unsupported(n, $"steps of {steps[i]}");
            bool back = steps[i] < 0;
            // Backwards, the first place is one that exists and the end lies before the beginning: -1 after counting from the end.
            long begin = Place(starts[i], 0, back ? size - 1 : size), end = Place(ends[i], back ? -1 : 0, back ? size - 1 : size);
            (first[axis], step[axis]) = (begin, steps[i]);
            to[axis] = Math.Max(0, (end - begin + steps[i] + (back ? 1 : -1)) / steps[i]);

            long Place(long at, long least, long most) => Math.Clamp(at < 0 ? at + size : at, least, Math.Max(least, most));
        }
        return Rearrange(x, to, at =>
        {
            long place = 0;
            for (int i = 0; i < to.Length; i++) place = place * x.Dimensions[i] + first[i] + at[i] * step[i];
            return place;
        });
    }

    private static Constant Concat(GraphInterpreter g, OnnxNode n)
    {
        Constant[] parts = [.. Enumerable.Range(0, n.Inputs.Count).Select(i => g.GetConstant(n, i, "its inputs"))];
        int axis = Index(n.Int("axis", 0), parts[0].Dimensions.Length);
        long outer = parts[0].Dimensions[..axis].Aggregate(1L, (a, b) => a * b);
        long[] to = [.. parts[0].Dimensions];
        to[axis] = parts.Sum(p => p.Dimensions[axis]);
        Constant.CheckedLength(to, parts.Distinct().Sum(p => (long)p.Length));
        if (parts[0].IsFloat) return new Constant(to, Joined(parts, outer, p => p.Floats));
        return new Constant(to, Joined(parts, outer, p => p.Ints));
    }

    private static T[] Joined<T>(Constant[] parts, long outer, Func<Constant, T[]> values)
    {
        var joined = new List<T>();
        for (int o = 0; o < outer; o++)
        {
            foreach (Constant part in parts)
            {
                int length = (int)(part.Length / outer);
                joined.AddRange(values(part).AsSpan(o * length, length));
            }
        }
        return [.. joined];
    }

    private static Constant Reshape(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        long[] to = [.. n.Ints.GetValueOrDefault("shape") ?? g.GetConstant(n, 1, "the shape").Ints];
        for (int i = 0; i < to.Length; i++)
            if (to[i] == 0) to[i] = x.Dimensions[i];
        int open = Array.IndexOf(to, -1);
        if (open >= 0) to[open] = x.Length / Math.Max(1, to.Where((_, i) => i != open).Aggregate(1L, (a, b) => a * b));
        if (to.Aggregate(1L, (a, b) => checked(a * b)) != x.Length)
            throw new OnnxFormatException($"node '{n.Label}' makes [{string.Join(", ", to)}] of {x.Length} values");
        return x.Reshape(to);
    }

    private static Constant Flatten(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        int axis = Index(n.Int("axis", 1), x.Dimensions.Length);
        return x.Reshape([x.Dimensions[..axis].Aggregate(1L, (a, b) => a * b), x.Dimensions[axis..].Aggregate(1L, (a, b) => a * b)]);
    }

    private static Constant Squeeze(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        long[]? axes = Axes(g, n);
        return x.Reshape([
            .. x.Dimensions.Where((d, i) => axes is null ? d != 1 : !axes.Contains(i) && !axes.Contains(i - x.Dimensions.Length)),
        ]);
    }

    private static Constant Mean(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        g.ChargeValues(x.Length);
        int rank = x.Dimensions.Length;
        long[]? axes = Axes(g, n);
        bool[] reduced = [.. Enumerable.Range(0, rank).Select(i => axes is null || axes.Contains(i) || axes.Contains(i - rank))];
        long[] kept = [.. x.Dimensions.Select((d, i) => reduced[i] ? 1 : d)];
        var sums = new double[Constant.CheckedLength(kept, x.Length)];
        for (int i = 0; i < x.Length; i++)
        {
            long place = 0, rest = i, stride = 1;
            for (int d = rank - 1; d >= 0; rest /= x.Dimensions[d--])
            {
                if (reduced[d]) continue;
                place += rest % x.Dimensions[d] * stride;
                stride *= x.Dimensions[d];
            }
            sums[place] += x.Floats[i];
        }
        float[] means = [.. sums.Select(s => (float)(s * sums.Length / x.Length))];
        return new Constant(n.Int("keepdims", 1) != 0 ? kept : [.. kept.Where((_, i) => !reduced[i])], means);
    }

    private static Constant Transpose(GraphInterpreter g, OnnxNode n)
    {
        Constant x = In(g, n);
        int rank = x.Dimensions.Length;
        int[] order = [.. n.Ints.TryGetValue("perm", out long[]? given) ? given.Select(i => (int)i) : Enumerable.Range(0, rank).Reverse()];
        return Rearrange(x, [.. order.Select(i => x.Dimensions[i])], at =>
        {
            long place = 0;
            for (int i = 0; i < rank; i++) place = place * x.Dimensions[i] + at[Array.IndexOf(order, i)];
            return place;
        });
    }
}
