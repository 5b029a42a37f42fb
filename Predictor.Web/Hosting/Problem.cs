using System.Text.Json.Serialization;

namespace EmotionMLNet.Web.Hosting;

/// <summary>What a client is told when it gets no answer (RFC 9457): what is wrong, and what to do.</summary>
/// <param name="Status">The status of the response too.</param>
/// <param name="Title">One short sentence for people.</param>
/// <param name="Detail">What to do, or the reason.</param>
internal sealed record Problem(
    [property: JsonPropertyOrder(1)] int Status,
    [property: JsonPropertyOrder(2)] string Title,
    [property: JsonPropertyOrder(3)] string? Detail = null
)
{
    public const string ContentType = "application/problem+json";

    /// <summary>A reference to what the problem means; the status says it.</summary>
    public string Type { get; } = "about:blank";

    /// <summary>Seconds after which the same request may succeed, or null.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    /// <summary>The problem as a row or a message beside others has it.</summary>
    public ProblemText ToText() => new(Status, Title, Detail);
}

/// <summary>A problem inside an answer.</summary>
/// <param name="Status">That of the response, had it been one of its own.</param>
/// <param name="Title">One short sentence for people.</param>
/// <param name="Detail">What to do, or the reason.</param>
internal sealed record ProblemText(int Status, string Title, string? Detail);
