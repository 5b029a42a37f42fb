using System.Text.Json.Serialization;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Models;

namespace EmotionMLNet.Web.Live;

/// <summary>The first message: what will answer, and how many frames may be unanswered.</summary>
internal sealed class HelloMessage(ServedModel model)
{
    public string Type { get; } = "hello";

    public int Credits { get; } = LiveSession.Credits;

    public string Model { get; } = model.Name;

    public string Sha256 { get; } = model.Sha256;

    public IReadOnlyList<string> Labels { get; } = model.Manifest.Labels;
}

/// <summary>Another model answers from here on.</summary>
internal sealed class ModelMessage(ServedModel model)
{
    public string Type { get; } = "model";

    public string Sha256 { get; } = model.Sha256;

    public IReadOnlyList<string> Labels { get; } = model.Manifest.Labels;
}

/// <summary>The answer to a frame.</summary>
internal sealed class FrameMessage(long frame, Prediction prediction, float threshold) : PictureAnswer(prediction, threshold)
{
    [JsonPropertyOrder(1)]
    public string Type { get; } = "frame";

    /// <summary>Its number, from 1.</summary>
    [JsonPropertyOrder(2)]
    public long Frame { get; } = frame;
}

/// <summary>A frame that has no answer.</summary>
internal sealed class FrameError(long frame, Problem problem)
{
    public string Type { get; } = "error";

    public long Frame { get; } = frame;

    public int Status { get; } = problem.Status;

    public string Title { get; } = problem.Title;

    public string? Detail { get; } = problem.Detail;
}
