using System.Globalization;
using EmotionMLNet.Web.Hosting;

namespace EmotionMLNet.Web.Classification;

/// <summary>How a picture is to be classified.</summary>
/// <param name="Model">Name of a model; null: the server's own choice.</param>
/// <param name="Threshold">Below this confidence an answer is uncertain.</param>
/// <param name="Flips">Whether the mirrored picture counts too.</param>
/// <param name="Faces">Which faces; null: the model decides.</param>
internal sealed record ClassifyQuery(string? Model, float Threshold, bool Flips, FaceSearch? Faces)
{
    /// <exception cref="ProblemException">A parameter has a value that there is not.</exception>
    public static ClassifyQuery Parse(string? model, string? threshold, string? tta, string? faces) => new(
        string.IsNullOrEmpty(model) ? null : model,
        ParseThreshold(threshold),
        tta switch
        {
            null or "" or "none" => false,
            "flip" => true,
            _ => throw Wrong("tta", "none or flip"),
        },
        faces switch
        {
            null or "" => null,
            "off" => FaceSearch.Off,
            "largest" => FaceSearch.Largest,
            "all" => FaceSearch.All,
            _ => throw Wrong("faces", "largest, all or off"),
        }
    );

    private static float ParseThreshold(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        bool isNumber = float.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float threshold);
        return isNumber && threshold is >= 0 and <= 1 ? threshold : throw Wrong("threshold", "a number from 0 to 1");
    }

    private static ProblemException Wrong(string name, string wanted) => new(400, $"The parameter {name} is wrong.", $"Give {wanted}.");
}
