namespace EmotionMLNet.Web.Hosting;

/// <summary>Ends a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public ProblemException(int status, string title, string? detail = null) : this(new Problem(status, title, detail)) { }

    public Problem Problem { get; } = problem;
}
