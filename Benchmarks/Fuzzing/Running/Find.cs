namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>An input that ended in a way that is not allowed; the first of its cause in its block.</summary>
internal sealed record Find(string Cause, string Detail, byte[] Raw);

/// <summary>What came of a block.</summary>
internal sealed record BlockResult(
    string Family,
    long Block,
    int Inputs,
    int Accepted,
    int Rejected,
    double Seconds,
    IReadOnlyList<Find> Finds
);
