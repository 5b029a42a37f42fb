using EmotionMLNet.Imaging;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>
/// Draws grey faces of FER2013's seven classes: every one another person, pose, light and expression strength. They are drawings
/// to try the program with; a model trained on them says nothing about people.
/// </summary>
/// <remarks>
/// A picture is a function of seed, label, number and size alone. Sines and powers come from the platform's mathematics library,
/// so that another operating system may round a pixel differently by one grey level.
/// </remarks>
internal static class FaceGenerator
{
    /// <summary>FER2013's classes, in ordinal order.</summary>
    public static IReadOnlyList<string> Labels { get; } = [.. FerCsvSource.Labels.Order(StringComparer.Ordinal)];

    /// <summary>One face of a label.</summary>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <param name="number">Which one, from 0.</param>
    /// <param name="seed">Another seed, other faces.</param>
    /// <param name="size">Pixels a side.</param>
    public static Image Draw(string label, int number, ulong seed, int size = 48)
    {
        ulong key = RandomStream.Key(RandomStream.Key(seed, (ulong)Labels.Index().First(l => l.Item == label).Index), (ulong)number);
        var random = new RandomStream(key);
        Identity person = Identity.Draw(ref random);
        Expression expression = Expression.Draw(label, ref random);
        float yaw = random.Between(-0.8f, 0.8f);
        var canvas = new Canvas(
            size,
            random.Between(-12, 12),
            random.Between(0.78f, 1),
            random.Between(-0.08f, 0.08f),
            random.Between(-0.08f, 0.08f)
        );
        canvas.Levels.Fill(random.Between(0.1f, 0.9f));
        canvas.Light(random.Between(0, 360), random.Between(0, 0.8f));
        new FacePainter(canvas, person, expression, yaw).Paint();
        canvas.Light(random.Between(0, 360), random.Between(0.1f, 1));
        if (random.NextSingle() < 0.4f) canvas.Blur(random.Between(0.03f, 0.15f));
        float contrast = random.Between(0.75f, 1.2f), brightness = random.Between(-0.12f, 0.12f), grain = random.Between(0.004f, 0.03f);
        var noise = new RandomStream(RandomStream.Key(key, 1));
        return new Image(size, size, 1, canvas.Develop(contrast, brightness, () => (float)noise.NextNormal() * grain));
    }
}
