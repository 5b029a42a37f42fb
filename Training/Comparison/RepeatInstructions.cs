namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// How a reader of the report does it again, in the words of whoever started the comparison: command lines, for instance.
/// </summary>
/// <param name="Comparison">What makes the whole comparison.</param>
/// <param name="Parts">What makes the winner's run, and its figures; a line each, perhaps none.</param>
internal sealed record RepeatInstructions(string Comparison, IReadOnlyList<string> Parts);
