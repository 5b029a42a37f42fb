using EmotionMLNet.Imaging;
using EmotionMLNet.Terminal;
using EmotionMLNet.Web.Hosting;

namespace EmotionMLNet.Web.Pictures;

/// <summary>Why a picture has no answer, as clients are told.</summary>
internal static class PictureProblems
{
    // The first bytes, of which formats are known.
    private const int Start = 16;

    public static Problem Of(ImageFormatException e, ReadOnlySpan<byte> picture) => e.Problem switch
    {
        ImageProblem.Size => new(413, "The picture is too large.", Sentence(e.Reason)),
        ImageProblem.Time => new(422, "The picture takes too long to decode.", "Save it again with a common program."),
        _ when !ImageReader.Recognises(picture[..Math.Min(Start, picture.Length)])
            => new(415, "This is no picture that is read here.", Sentence(e.Reason)),
        _ => new(422, "The picture is damaged.", Sentence($"{e.Format}, byte {e.Offset}: {e.Reason}")),
    };

    private static string Sentence(string reason) => ConsoleText.Line(reason) + ".";
}
