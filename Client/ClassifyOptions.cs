namespace EmotionMLNet.Client;

/// <summary>How a picture is to be labelled.</summary>
public sealed record ClassifyOptions
{
    /// <summary>The name of a model; null means the server's own choice.</summary>
    public string? Model { get; init; }

    /// <summary>Below this confidence, 0 to 1, an answer is uncertain.</summary>
    public double Threshold { get; init; }

    /// <summary>Whether the mirrored picture counts too, at twice the work.</summary>
    public bool Flips { get; init; }

    /// <summary>Which faces are labelled; null means that the model decides.</summary>
    public FaceChoice? Faces { get; init; }

    internal string ToQuery()
    {
        var parts = new List<string>();
        if (Model is not null) parts.Add($"model={Uri.EscapeDataString(Model)}");
        if (Threshold != 0) parts.Add(FormattableString.Invariant($"threshold={Threshold:0.######}"));
        if (Flips) parts.Add("tta=flip");
        if (Faces is { } faces)
            parts.Add("faces=" + faces switch { FaceChoice.All => "all", FaceChoice.Largest => "largest", _ => "off" });
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }
}
