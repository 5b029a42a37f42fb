using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>How a face moves away from rest; lengths in face units, shares around 1.</summary>
/// <remarks>
/// The prototypes follow the action units commonly given for each expression (Ekman and Friesen 1978). They are drawn with an
/// intensity and scatter that make neighbours overlap (fear and surprise, anger and disgust, sadness and rest).
/// </remarks>
internal sealed record Expression
{
    /// <summary>Inner ends of the brows up (AU 1) or down (AU 4).</summary>
    public float InnerBrow { get; private init; }

    /// <summary>Outer ends of the brows up (AU 2).</summary>
    public float OuterBrow { get; private init; }

    /// <summary>Brows towards each other (AU 4), with folds between them.</summary>
    public float Frown { get; private init; }

    /// <summary>Opening of the eyes against rest (AU 5, 7, 43).</summary>
    public float EyeOpening { get; private init; } = 1;

    /// <summary>Cheeks pushing the lower lids up (AU 6), 0 to 1.</summary>
    public float CheekRaise { get; private init; }

    /// <summary>Wrinkled nose (AU 9), 0 to 1.</summary>
    public float NoseWrinkle { get; private init; }

    /// <summary>Corners of the mouth up (AU 12) or down (AU 15).</summary>
    public float MouthBend { get; private init; }

    /// <summary>Width of the mouth against rest (AU 20, 18).</summary>
    public float MouthWidth { get; private init; } = 1;

    /// <summary>Gap between the lips (AU 25, 26, 27).</summary>
    public float MouthOpening { get; private init; }

    /// <summary>Upper lip raised (AU 10).</summary>
    public float UpperLip { get; private init; }

    /// <summary>Share of the gap in which teeth show.</summary>
    public float Teeth { get; private init; }

    /// <summary>A face of one of FER2013's classes.</summary>
    public static Expression Draw(string label, ref RandomStream random)
    {
        float intensity = random.Between(0.4f, 1.1f), variant = random.NextSingle();
        Expression prototype = label switch
        {
            "angry" => variant < 0.65f
                ? new()
                {
                    InnerBrow = -0.13f,
                    OuterBrow = 0.03f,
                    Frown = 1,
                    EyeOpening = 0.8f,
                    MouthBend = -0.05f,
                    MouthWidth = 0.9f,
                }
                : new()
                {
                    InnerBrow = -0.12f,
                    OuterBrow = 0.03f,
                    Frown = 1,
                    EyeOpening = 1.05f,
                    MouthBend = -0.06f,
                    MouthOpening = 0.16f,
                    Teeth = 0.8f,
                },
            "disgust" => new()
            {
                InnerBrow = -0.06f,
                OuterBrow = -0.02f,
                Frown = 0.5f,
                EyeOpening = 0.62f,
                CheekRaise = 0.5f,
                NoseWrinkle = 1,
                MouthBend = -0.09f,
                UpperLip = 0.09f,
                MouthOpening = 0.05f * variant,
                Teeth = 0.4f,
            },
            "fear" => new()
            {
                InnerBrow = 0.12f,
                OuterBrow = 0.01f,
                Frown = 0.5f,
                EyeOpening = 1.5f,
                MouthBend = -0.05f,
                MouthWidth = 1.2f,
                MouthOpening = 0.05f + 0.07f * variant,
                Teeth = 0.6f,
            },
            "happy" => new()
            {
                OuterBrow = 0.01f,
                EyeOpening = 0.82f,
                CheekRaise = 0.8f,
                MouthBend = 0.15f,
                MouthWidth = 1.25f,
                MouthOpening = variant < 0.45f ? 0 : 0.14f * variant,
                Teeth = 1,
            },
            "sad" => new()
            {
                InnerBrow = 0.11f,
                OuterBrow = -0.04f,
                Frown = 0.3f,
                EyeOpening = 0.7f,
                MouthBend = -0.11f,
                MouthWidth = 0.88f,
            },
            "surprise" => new()
            {
                InnerBrow = 0.13f,
                OuterBrow = 0.14f,
                EyeOpening = 1.5f,
                MouthWidth = 0.75f,
                MouthOpening = 0.16f + 0.14f * variant,
            },
            "neutral" => new(),
            _ => throw new ArgumentOutOfRangeException(nameof(label), label, "Not one of FER2013's classes."),
        };
        return prototype.At(intensity, ref random);
    }

    /// <summary>Scaled from rest and scattered.</summary>
    private Expression At(float intensity, ref RandomStream random) => new()
    {
        InnerBrow = InnerBrow * intensity + random.Between(-0.03f, 0.03f),
        OuterBrow = OuterBrow * intensity + random.Between(-0.03f, 0.03f),
        Frown = Math.Clamp(Frown * intensity + random.Between(-0.2f, 0.2f), 0, 1),
        EyeOpening = 1 + (EyeOpening - 1) * intensity + random.Between(-0.12f, 0.12f),
        CheekRaise = Math.Clamp(CheekRaise * intensity + random.Between(-0.2f, 0.2f), 0, 1),
        NoseWrinkle = Math.Clamp(NoseWrinkle * intensity + random.Between(-0.15f, 0.15f), 0, 1),
        MouthBend = MouthBend * intensity + random.Between(-0.03f, 0.03f),
        MouthWidth = 1 + (MouthWidth - 1) * intensity + random.Between(-0.08f, 0.08f),
        MouthOpening = MathF.Max(0, MouthOpening * intensity + random.Between(-0.03f, 0.02f)),
        UpperLip = UpperLip * intensity,
        Teeth = Teeth,
    };
}
