using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>What makes a face somebody's; lengths in face units, grey levels 0 to 1.</summary>
internal sealed record Identity
{
    public float Skin { get; private init; }

    public float Hair { get; private init; }

    /// <summary>Half the width of the head.</summary>
    public float Width { get; private init; }

    /// <summary>0 pointed to 1 square.</summary>
    public float Jaw { get; private init; }

    /// <summary>How far hair stands out around the head; negative for bald.</summary>
    public float HairVolume { get; private init; }

    /// <summary>Where the forehead begins.</summary>
    public float HairLine { get; private init; }

    /// <summary>How far down hair hangs beside the face.</summary>
    public float HairLength { get; private init; }

    public float EyeX { get; private init; }

    public float EyeY { get; private init; }

    public float EyeSize { get; private init; }

    public float EyeSlant { get; private init; }

    public float Iris { get; private init; }

    /// <summary>Brow above the eye.</summary>
    public float BrowHeight { get; private init; }

    public float BrowThickness { get; private init; }

    public float BrowArch { get; private init; }

    public float NoseLength { get; private init; }

    public float NoseWidth { get; private init; }

    public float MouthY { get; private init; }

    public float MouthWidth { get; private init; }

    public float Lips { get; private init; }

    /// <summary>Bend of the resting mouth.</summary>
    public float RestingBend { get; private init; }

    public bool Glasses { get; private init; }

    /// <summary>0 none to 1 black.</summary>
    public float Beard { get; private init; }

    public float Moustache { get; private init; }

    /// <summary>0 smooth to 1 deep lines.</summary>
    public float Age { get; private init; }

    public static Identity Draw(ref RandomStream random)
    {
        float skin = random.Between(0.32f, 0.85f), hair = random.Between(0.04f, 0.55f);
        bool bearded = random.NextSingle() < 0.15f;
        return new Identity
        {
            Skin = skin,
            Hair = MathF.Abs(hair - skin) < 0.12f ? skin * 0.5f : hair,
            Width = random.Between(0.66f, 0.84f),
            Jaw = random.NextSingle(),
            HairVolume = random.NextSingle() < 0.08f ? -0.1f : random.Between(0.04f, 0.22f),
            HairLine = random.Between(-0.82f, -0.6f),
            HairLength = random.Between(-0.5f, 1.2f),
            EyeX = random.Between(0.28f, 0.37f),
            EyeY = random.Between(-0.2f, -0.08f),
            EyeSize = random.Between(0.12f, 0.17f),
            EyeSlant = random.Between(-0.12f, 0.12f),
            Iris = random.Between(0.05f, 0.35f),
            BrowHeight = random.Between(0.17f, 0.25f),
            BrowThickness = random.Between(0.018f, 0.045f),
            BrowArch = random.Between(0, 0.07f),
            NoseLength = random.Between(0.32f, 0.44f),
            NoseWidth = random.Between(0.08f, 0.15f),
            MouthY = random.Between(0.47f, 0.57f),
            MouthWidth = random.Between(0.23f, 0.32f),
            Lips = random.Between(0.02f, 0.055f),
            RestingBend = random.Between(-0.025f, 0.025f),
            Glasses = random.NextSingle() < 0.12f,
            Beard = bearded ? random.Between(0.3f, 0.9f) : 0,
            Moustache = bearded || random.NextSingle() < 0.06f ? random.Between(0.3f, 0.9f) : 0,
            Age = random.NextSingle(),
        };
    }
}
