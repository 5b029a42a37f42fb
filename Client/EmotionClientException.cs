namespace EmotionMLNet.Client;

/// <summary>The server refused a request.</summary>
public sealed class EmotionClientException : Exception
{
    internal EmotionClientException(Problem problem, TimeSpan? retryAfter) : base($"{problem.Title} {problem.Detail}".TrimEnd())
    {
        Problem = problem;
        RetryAfter = retryAfter;
    }

    /// <summary>What it said.</summary>
    public Problem Problem { get; }

    /// <summary>Time after which the same request may succeed; null where the server names none.</summary>
    public TimeSpan? RetryAfter { get; }
}
