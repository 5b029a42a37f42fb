using System.Globalization;

namespace EmotionMLNet;

/// <summary>Probability of one class.</summary>
/// <param name="Label">Class name.</param>
/// <param name="Probability">0 to 1.</param>
public readonly record struct LabelScore(string Label, float Probability);

/// <summary>The expression label that annotators would most likely give the picture; never a statement about what somebody feels.</summary>
/// <remarks>Immutable, so it may be kept and shared between threads.</remarks>
public sealed class Prediction
{
    /// <summary>Makes a prediction of given scores, as a test of code that uses predictions wants.</summary>
    /// <param name="scores">
    /// One a class, at least one, in the order that <see cref="Scores"/> keeps; they are copied. Whether they sum to 1 is not looked at.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="scores"/> is null.</exception>
    /// <exception cref="ArgumentException">There are no scores, or one has no label or a probability outside 0 to 1.</exception>
    public Prediction(IReadOnlyList<LabelScore> scores) : this(Checked(scores)) { }

    private Prediction(LabelScore[] scores, IReadOnlyList<FacePrediction>? faces = null, (int Width, int Height) size = default)
    {
        PictureSize = size;
        Scores = scores;
        Faces = faces ?? [];
        HasFace = true;
        Best = scores[0];
        for (int i = 1; i < scores.Length; i++)
            if (scores[i].Probability > Best.Probability) Best = scores[i];
    }

    // No face was found.
    private Prediction((int Width, int Height) size)
    {
        PictureSize = size;
        Scores = [];
        Faces = [];
        Best = new LabelScore("", 0);
    }

    /// <summary>What is said of a picture in which faces were looked for and none was found.</summary>
    public static Prediction NoFace { get; } = new((0, 0));

    /// <summary>
    /// False where faces were looked for and none was found: then there is no label, <see cref="Scores"/> is empty, <see cref="Label"/> is
    /// empty and <see cref="Confidence"/> 0.
    /// </summary>
    public bool HasFace { get; }

    /// <summary>
    /// The faces that were found and classified, the largest first, which is the one that this prediction is of. Empty where none was
    /// looked for, and for a picture that is a face already.
    /// </summary>
    public IReadOnlyList<FacePrediction> Faces { get; }

    /// <summary>
    /// Columns and rows of the picture as people see it, in whose pixels the boxes of <see cref="Faces"/> are; 0 where the prediction was
    /// not made of a picture.
    /// </summary>
    public (int Width, int Height) PictureSize { get; }

    /// <summary>All classes in the model's label order; the probabilities sum to 1. Empty where no face was found.</summary>
    public IReadOnlyList<LabelScore> Scores { get; }

    /// <summary>The most probable class; the earlier one of equals. Where no face was found: an empty label of probability 0.</summary>
    public LabelScore Best { get; }

    /// <summary>Name of the most probable class.</summary>
    public string Label => Best.Label;

    /// <summary>Probability of the most probable class, 0 to 1.</summary>
    public float Confidence => Best.Probability;

    /// <summary>Label and confidence, for people: "happy 97 %", or "no face".</summary>
    public override string ToString()
        => HasFace ? string.Create(CultureInfo.InvariantCulture, $"{Label} {100 * Confidence:0} %") : "no face";

    /// <summary>The prediction of a picture out of those of its faces.</summary>
    /// <param name="faces">The largest first; of none comes <see cref="NoFace"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="faces"/> is null.</exception>
    public static Prediction OfFaces(IReadOnlyList<FacePrediction> faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        return faces.Count == 0 ? NoFace : new Prediction([.. faces[0].Prediction.Scores], [.. faces]);
    }

    /// <summary>What a model said of a picture of a size; the array is not copied.</summary>
    /// <exception cref="ModelOutputException">
    /// A score is NaN or infinite: no comparison with it says which label is the most probable.
    /// </exception>
    internal static Prediction FromModel(LabelScore[] scores, (int Width, int Height) size = default)
    {
        foreach (LabelScore score in scores)
            if (!float.IsFinite(score.Probability)) throw new ModelOutputException();
        return new Prediction(scores, size: size);
    }

    /// <summary>The same as <see cref="OfFaces"/>, of a picture of a size; the array is not copied.</summary>
    internal static Prediction OfFound(FacePrediction[] faces, (int Width, int Height) size)
        => faces.Length == 0 ? new Prediction(size) : new Prediction((LabelScore[])faces[0].Prediction.Scores, faces, size);

    private static LabelScore[] Checked(IReadOnlyList<LabelScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0) throw new ArgumentException("A prediction wants at least one score.", nameof(scores));
        foreach (LabelScore score in scores)
        {
            if (score.Label is null) throw new ArgumentException("A score has no label.", nameof(scores));
            if (!(score.Probability is >= 0 and <= 1))
                throw new ArgumentException(
                    FormattableString.Invariant($"The score of {score.Label} is {score.Probability}, and probabilities lie in 0 to 1."),
                    nameof(scores)
                );
        }
        return [.. scores];
    }
}
