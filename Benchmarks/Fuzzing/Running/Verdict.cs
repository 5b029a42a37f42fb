namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

internal enum VerdictKind
{
    /// <summary>Read without complaint.</summary>
    Accepted,

    /// <summary>Refused by a documented exception.</summary>
    Rejected,

    /// <summary>Anything else.</summary>
    Find,
}

/// <summary>How an input ended.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Feature">Alike for inputs that ended alike.</param>
/// <param name="Cause">Of a find: one short line that is the same for all inputs of this cause; else empty.</param>
/// <param name="Detail">Of a find: the exception.</param>
internal readonly record struct Verdict(VerdictKind Kind, ulong Feature, string Cause = "", string Detail = "");
