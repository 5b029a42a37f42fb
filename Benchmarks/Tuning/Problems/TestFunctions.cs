using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Benchmarks.Tuning.Problems;

/// <summary>Branin's function of two numbers; its least value is 0.397887.</summary>
/// <param name="noise">Standard deviation of what is added.</param>
internal sealed class Branin(double noise = 0) : TuningProblem
{
    public override string Name => noise > 0 ? $"Branin, noise {noise}" : "Branin";

    public override int Trials => 50;

    public override SearchSpace Space { get; } = new()
    {
        { "x1", new UniformDoubleOption(-5, 10, false, 0) },
        { "x2", new UniformDoubleOption(0, 15, false, 0) },
    };

    public override double Observe(Parameter point, ulong seed, int trial) =>
        Value(point) + noise * Draws.Of(seed ^ 0xB0A7, trial, Draws.Purpose.Uniform).NextNormal();

    public override double Regret(Parameter point) => Value(point) - 0.39788735772973816;

    private static double Value(Parameter point)
    {
        double x = point["x1"].AsType<double>(), y = point["x2"].AsType<double>();
        double a = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
        return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10;
    }
}

/// <summary>Hartmann's function of six numbers; its least value is -3.32237.</summary>
internal sealed class Hartmann6(double noise = 0) : TuningProblem
{
    private static readonly double[] Alpha = [1, 1.2, 3, 3.2];

    private static readonly double[][] A =
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] P =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    public override string Name => noise > 0 ? $"Hartmann6, noise {noise}" : "Hartmann6";

    public override int Trials => 100;

    public override SearchSpace Space { get; } = Make();

    public override double Observe(Parameter point, ulong seed, int trial) =>
        Value(point) + noise * Draws.Of(seed ^ 0xB0A7, trial, Draws.Purpose.Uniform).NextNormal();

    public override double Regret(Parameter point) => Value(point) + 3.322368011391339;

    private static SearchSpace Make()
    {
        var space = new SearchSpace();
        for (int i = 0; i < 6; i++) space.Add($"x{i}", new UniformDoubleOption(0, 1, false, 0.5));
        return space;
    }

    private static double Value(Parameter point)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            double exponent = 0;
            for (int j = 0; j < 6; j++)
            {
                double away = point[$"x{j}"].AsType<double>() - P[i][j];
                exponent += A[i][j] * away * away;
            }
            sum -= Alpha[i] * Math.Exp(-exponent);
        }
        return sum;
    }
}

/// <summary>
/// A valley on logarithmic scales, as rate and decay have: good is where rate · decay is right, best in one place of it, and too large a
/// rate diverges.
/// </summary>
internal sealed class LogValley : TuningProblem
{
    public override string Name => "log valley";

    public override int Trials => 50;

    public override SearchSpace Space { get; } = new()
    {
        { "rate", new UniformSingleOption(1e-5f, 1, true, 0.01f) },
        { "decay", new UniformSingleOption(1e-6f, 0.1f, true, 1e-3f) },
    };

    public override double Observe(Parameter point, ulong seed, int trial) =>
        point["rate"].AsType<double>() > 0.3 ? double.NaN : Regret(point);

    public override double Regret(Parameter point)
    {
        double rate = Math.Log10(point["rate"].AsType<double>()), decay = Math.Log10(point["decay"].AsType<double>());
        return 2 * Math.Abs(rate + decay + 5) + Math.Abs(rate - decay - 1) / 4;
    }
}

/// <summary>
/// Three branches with numbers of their own. Two are broad and end at a regret of 0.2 and 0.3; the third one is the best, and worse than
/// they are nearly everywhere.
/// </summary>
internal sealed class NarrowBranch : TuningProblem
{
    public override string Name => "narrow branch";

    public override int Trials => 150;

    public override SearchSpace Space { get; } = new()
    {
        { "branch", ChoiceOption.Of("broad", "broader", "narrow") },
        { "x", new UniformDoubleOption(0, 1, false, 0.5) { When = [new("branch", Parameter.FromString("broad"))] } },
        { "y", new UniformDoubleOption(0, 1, false, 0.5) { When = [new("branch", Parameter.FromString("broader"))] } },
        { "z", new UniformDoubleOption(0, 1, false, 0.5) { When = [new("branch", Parameter.FromString("narrow"))] } },
    };

    public override double Observe(Parameter point, ulong seed, int trial) => Regret(point);

    public override double Regret(Parameter point)
    {
        if (point.TryGetValue("x", out Parameter? x)) return 0.2 + 0.4 * Math.Abs(x.AsType<double>() - 0.3);
        if (point.TryGetValue("y", out Parameter? y)) return 0.3 + 0.2 * Math.Abs(y.AsType<double>() - 0.6);
        return Math.Min(0.8, 2.5 * Math.Abs(point["z"].AsType<double>() - 0.85));
    }
}
