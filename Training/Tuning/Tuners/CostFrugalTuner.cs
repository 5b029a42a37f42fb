using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Cost-frugal local search from the defaults (FLOW2: Wu, Wang and Huang 2021, arXiv:2005.01571): a step along a random direction, else
/// the opposite one; it moves wherever a trial is better.
/// </summary>
/// <remarks>
/// The step is 0.1 √d at first and √d at most. After 2^min(d, 9) trials without improvement, and then after every two, it is multiplied by
/// √(K before / K), K being the number of trials so far; an improvement multiplies it by √(K / K before). Below 1e-4 (where all axes have
/// few values: the finest cell times √d) the search begins anew near the defaults. All of this is found by going through the history, in
/// which a running trial counts as no improvement.
/// </remarks>
internal sealed class CostFrugalTuner(SearchCube cube, ulong seed) : ITuner
{
    private const double FirstStep = 0.1, LeastStep = 1e-4;

    private const int MostDirections = 9, Redraws = 8;

    private readonly double root = Math.Sqrt(cube.Dimensions);
    private readonly int patience = 1 << Math.Min(cube.Dimensions, MostDirections);
    private readonly double least = cube.Axes.All(a => a.Values > 0)
        ? Math.Sqrt(cube.Dimensions) / cube.Axes.Max(a => a.Values)
        : LeastStep;

    private enum Phase
    {
        Begin,
        Forward,
        Backward,
    }

    public double[] Propose(IReadOnlyList<Trial> history, int trialId)
    {
        var state = new State { Step = FirstStep * root, Start = cube.Snap(cube.Rest), Best = cube.Rest, Direction = [] };
        foreach (Trial trial in history)
            if (trial.Id < trialId) state = Advance(state, trial);
        return state.Phase switch
        {
            Phase.Begin => state.Start,
            Phase.Backward when Move(state, state.Direction, -1, trialId) is var back && !back.SequenceEqual(state.Best) => back,
            _ => Forward(state, trialId).Point,
        };
    }

    private State Advance(State state, Trial trial)
    {
        double loss = trial.IsRunning ? double.NaN : trial.Loss;
        state = state with { Count = state.Count + 1 };
        if (state.Phase == Phase.Begin)
            return state with { Phase = Phase.Forward, Best = trial.Point, Loss = loss, BestAt = state.Count };
        if (LossOrder.IsBetter(loss, state.Loss))
        {
            double grown = state.K > 0 ? state.Step * Math.Sqrt((double)state.K / state.KBefore) : state.Step;
            return state with
            {
                Phase = Phase.Forward,
                Best = trial.Point,
                Loss = loss,
                BestAt = state.Count,
                Failures = 0,
                Step = Math.Min(grown, root),
            };
        }
        State next = state.Phase == Phase.Forward
            ? state with { Phase = Phase.Backward, Direction = Forward(state, trial.Id).Direction, Failures = state.Failures + 1 }
            : state with { Phase = Phase.Forward, Failures = state.Failures + 1 };
        if (next.Failures < patience) return next;
        int before = next.K > 0 ? next.K : next.BestAt;
        next = next with
        {
            Failures = next.Failures - 2,
            KBefore = before,
            K = next.Count + 1,
            Step = next.Step * Math.Sqrt((double)before / (next.Count + 1)),
        };
        return next.Step < least ? Restart(next, trial.Id) : next;
    }

    private State Restart(State state, int trialId)
    {
        RandomStream draws = Draws.Of(seed, trialId, Draws.Purpose.Restart);
        int restarts = state.Restarts + 1;
        double spread = Math.Min(1, FirstStep * root * restarts);
        var start = new double[cube.Dimensions];
        for (int i = 0; i < start.Length; i++) start[i] = Math.Clamp(cube.Rest[i] + spread * draws.NextNormal(), 0, 1);
        return new()
        {
            Step = FirstStep * root,
            Start = cube.Snap(start),
            Best = start,
            Direction = [],
            Count = state.Count,
            Restarts = restarts,
        };
    }

    // A direction that leads to another value: with few values, short steps often lead nowhere.
    private (double[] Point, double[] Direction) Forward(State state, int trialId)
    {
        RandomStream draws = Draws.Of(seed, trialId, Draws.Purpose.Direction);
        for (int draw = 1; ; draw++)
        {
            var direction = new double[cube.Dimensions];
            for (int i = 0; i < direction.Length; i++) direction[i] = draws.NextNormal();
            double length = Math.Sqrt(direction.Sum(u => u * u));
            for (int i = 0; i < direction.Length; i++) direction[i] /= length;
            double[] point = Move(state, direction, 1, trialId + draw);
            if (draw == Redraws || !point.SequenceEqual(state.Best)) return (point, direction);
        }
    }

    // Choices have no direction: the longer the step, the likelier another one.
    private double[] Move(State state, double[] direction, int sign, int draw)
    {
        RandomStream draws = Draws.Of(seed, draw, sign > 0 ? Draws.Purpose.Uniform : Draws.Purpose.Mixture);
        var point = new double[cube.Dimensions];
        for (int i = 0; i < point.Length; i++)
        {
            double step = state.Step * direction[i];
            point[i] = Math.Clamp(state.Best[i] + sign * step, 0, 1);
            if (cube.Axes[i].Choices is not (> 0 and var choices)) continue;
            int own = cube.Axes[i].ChoiceAt(state.Best[i]);
            bool changes = draws.NextDouble() < Math.Abs(step) * choices && choices > 1;
            int choice = changes ? (own + 1 + draws.Next(choices - 1)) % choices : own;
            point[i] = (choice + 0.5) / choices;
        }
        return cube.Snap(point);
    }

    private sealed record State
    {
        public Phase Phase { get; init; }

        public double Step { get; init; }

        public required double[] Start { get; init; }

        public required double[] Best { get; init; }

        public required double[] Direction { get; init; }

        public double Loss { get; init; } = double.NaN;

        public int Count { get; init; }

        public int BestAt { get; init; }

        public int Failures { get; init; }

        public int K { get; init; }

        public int KBefore { get; init; }

        public int Restarts { get; init; }
    }
}
