using EmotionMLNet.Faces;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Faces;

/// <summary>
/// Draws training crops: a face, scaled log-uniformly and set somewhere in the crop, or a place of a photograph without faces. A crop is a
/// function of its key. Thread-safe; allocates nothing.
/// </summary>
/// <remarks>
/// One resampling does turning, scaling, stretching, mirroring and cutting; it reads the half of the picture that is nearest in size, so
/// that reducing does not alias. Outside the picture is what the network is shown there: nothing, a normalised 0.
/// </remarks>
/// <param name="options">Free of problems.</param>
/// <param name="pictures">With faces and without.</param>
internal sealed class CropSampler(FaceOptions options, IReadOnlyList<FacePicture> pictures)
{
    private const ulong PlaceStream = 1, LightStream = 2, NoiseStream = 3, MaskStream = 4;

    private const float LargestTurn = 20, LargestStretch = 0.1f, LargestEnlargement = 4;

    // Share of the crop that the long side of a picture fills at least: less is mostly nothing.
    private const float SmallestPicture = 0.65f;

    private readonly (int Picture, int Face)[] faces =
    [
        .. pictures.SelectMany((p, i) => Enumerable.Range(0, p.Faces.Length).Select(f => (i, f))),
    ];

    private readonly int[] withFaces = [.. Enumerable.Range(0, pictures.Count).Where(i => pictures[i].Faces.Length > 0)];

    private readonly int[] empty =
    [
        .. Enumerable.Range(0, pictures.Count).Where(i => pictures[i].Faces.Length == 0 && pictures[i].Ignored.Length == 0),
    ];

    /// <summary>Faces to draw from.</summary>
    public int Faces => faces.Length;

    /// <summary>Photographs without a face to draw from.</summary>
    public int EmptyPictures => empty.Length;

    /// <summary>Draws a crop.</summary>
    /// <param name="key">What everything drawn is a function of.</param>
    /// <param name="falsePositives">Places that a detector took for a face; empty crops are taken there, where there are some.</param>
    /// <param name="plain">Without changes of light, noise and masks: for a validation that repeats.</param>
    /// <param name="crop">Receives [CropSide, CropSide] normalised values.</param>
    /// <param name="target">Receives a <see cref="FaceTarget"/>.</param>
    public void Draw(ulong key, IReadOnlyList<FalsePositive> falsePositives, bool plain, Span<float> crop, Span<float> target)
    {
        var random = new RandomStream(RandomStream.Key(key, PlaceStream));
        int side = options.CropSide;
        bool isEmpty = empty.Length > 0 && random.NextSingle() < options.EmptyCrops;
        CropPlace place = isEmpty ? DrawEmpty(ref random, falsePositives) : DrawFace(ref random);
        FaceTarget.Clear(target);
        FacePicture picture = pictures[place.Picture];
        AddBoxes(place, picture.Faces, ignored: false, target);
        AddBoxes(place, picture.Ignored, ignored: true, target);
        Span<float> levels = stackalloc float[256];
        if (plain) for (int i = 0; i < levels.Length; i++) levels[i] = FaceScan.Normalise(i);
        else DrawLight(RandomStream.Key(key, LightStream), levels);
        place.Resample(picture, levels, crop, side);
        if (plain) return;
        CoverFaces(RandomStream.Key(key, MaskStream), target, crop);
        AddNoise(RandomStream.Key(key, NoiseStream), crop);
    }

    private CropPlace DrawFace(ref RandomStream random)
    {
        // Half of the draws go to every picture alike, half to every face: a crowd is not all there is.
        (int index, int number) = faces[random.Next(faces.Length)];
        if (random.NextSingle() < 0.5f)
        {
            index = withFaces[random.Next(withFaces.Length)];
            number = random.Next(pictures[index].Faces.Length);
        }
        FacePicture picture = pictures[index];
        FaceBox face = picture.Faces[number];
        float largest = Math.Min(options.LargestFace, face.Height * LargestEnlargement);
        float smallest = Math.Max(
            options.SmallestFace,
            face.Height * options.CropSide * SmallestPicture / Math.Max(picture.Width, picture.Height)
        );
        smallest = Math.Min(smallest, largest);
        float height = smallest * MathF.Pow(largest / smallest, random.NextSingle());
        float scale = height / face.Height, edge = Math.Min(height * 0.3f, options.CropSide * 0.45f);
        return Place(ref random, index, scale, face.CentreX, face.CentreY, edge);
    }

    private CropPlace DrawEmpty(ref RandomStream random, IReadOnlyList<FalsePositive> falsePositives)
    {
        float side = options.CropSide;
        if (falsePositives.Count > 0 && random.NextSingle() < 0.6f)
        {
            FalsePositive wrong = falsePositives[random.Next(falsePositives.Count)];
            // At about the size at which it was taken for a face, and where it then lies is free.
            float height = Math.Clamp(wrong.Box.Height * wrong.Scale * MathF.Exp(random.Between(-0.3f, 0.3f)), options.SmallestFace, side);
            float edge = Math.Min(height * 0.5f, side * 0.45f);
            return Place(ref random, wrong.Picture, height / wrong.Box.Height, wrong.Box.CentreX, wrong.Box.CentreY, edge);
        }
        int index = empty[random.Next(empty.Length)];
        FacePicture picture = pictures[index];
        float whole = side / Math.Max(picture.Width, picture.Height);
        float scale = whole * 0.7f * MathF.Pow(Math.Max(1.2f, 1.8f / (whole * 0.7f)), random.NextSingle());
        return Place(ref random, index, scale, random.NextSingle() * picture.Width, random.NextSingle() * picture.Height, edge: 0);
    }

    // A place of the picture comes to lie anywhere in the crop but for its edge, while the crop shows as much of the picture as it can.
    private CropPlace Place(ref RandomStream random, int picture, float scale, float x, float y, float edge)
    {
        float toX = DrawPosition(ref random, x * scale, pictures[picture].Width * scale, edge);
        float toY = DrawPosition(ref random, y * scale, pictures[picture].Height * scale, edge);
        bool flip = random.NextSingle() < 0.5f;
        float degrees = random.NextSingle() < 0.5f ? 0 : random.Between(-LargestTurn, LargestTurn);
        float stretch = MathF.Exp(random.Between(-LargestStretch, LargestStretch) * 0.5f);
        return new CropPlace(picture, scale, x, y, toX, toY, flip, degrees, stretch);
    }

    private float DrawPosition(ref RandomStream random, float place, float extent, float edge)
    {
        const float slack = 0.1f;
        float side = options.CropSide, low = place - side + edge, high = place - edge;
        float first = Math.Min(0, extent - side) - slack * side, last = Math.Max(0, extent - side) + slack * side;
        (first, last) = (Math.Clamp(first, low, high), Math.Clamp(last, low, high));
        return place - random.Between(first, last);
    }

    // What is cut by the crop's side is no face to learn, and no background either.
    private void AddBoxes(CropPlace place, FaceBox[] boxes, bool ignored, Span<float> target)
    {
        var crop = new FaceBox(0, 0, options.CropSide, options.CropSide);
        foreach (FaceBox box in boxes)
        {
            FaceBox shown = place.Map(box);
            float visible = shown.Intersect(crop) / shown.Area;
            if (visible <= 0) continue;
            bool isFace =
                !ignored && visible >= 0.6f && shown.Height >= options.SmallestFace * 0.9f && shown.Height <= FaceLevel.All[^1].Largest;
            FaceTarget.Add(target, shown, !isFace);
        }
    }

    // Gamma, contrast and brightness as one table of the 256 grey levels.
    private static void DrawLight(ulong key, Span<float> levels)
    {
        var random = new RandomStream(key);
        float gamma = random.NextSingle() < 0.5f ? 1 : MathF.Exp(random.Between(-0.5f, 0.5f));
        float contrast = random.Between(0.6f, 1.35f), brightness = random.Between(-35, 35);
        for (int i = 0; i < levels.Length; i++)
        {
            float grey = gamma == 1 ? i : 255 * MathF.Pow(i / 255f, gamma);
            levels[i] = FaceScan.Normalise(Math.Clamp((grey - 127.5f) * contrast + 127.5f + brightness, 0, 255));
        }
    }

    // A mask, a scarf, a hand: something flat over mouth and chin.
    private void CoverFaces(ulong key, ReadOnlySpan<float> target, Span<float> crop)
    {
        var random = new RandomStream(key);
        for (int i = 0; i < FaceTarget.Count(target); i++)
        {
            bool isCovered = random.NextSingle() < options.Masks;
            float upper = random.Between(0.5f, 0.62f), grey = FaceScan.Normalise(random.Between(0, 255)), slope = random.Between(-8, 8);
            if (!isCovered || FaceTarget.IsIgnored(target, i)) continue;
            FaceBox box = FaceTarget.Box(target, i);
            int left = Clamp(box.X + 0.05f * box.Width), right = Clamp(box.X + 0.95f * box.Width);
            int top = Clamp(box.Y + upper * box.Height), bottom = Clamp(box.Y + 1.02f * box.Height);
            for (int y = top; y < bottom; y++)
            {
                float shade = grey + slope * 0.02f * (y - top) / Math.Max(1, bottom - top);
                crop.Slice(y * options.CropSide + left, Math.Max(0, right - left)).Fill(shade);
            }
        }
    }

    private int Clamp(float place) => Math.Clamp((int)MathF.Round(place), 0, options.CropSide);

    private void AddNoise(ulong key, Span<float> crop)
    {
        var random = new RandomStream(key);
        float kind = random.NextSingle();
        int side = options.CropSide;
        if (kind < 0.15f) Blur(crop, side);
        if (kind is >= 0.1f and < 0.3f)
        {
            float strength = random.Between(0.02f, 0.2f);
            ulong state = random.NextUInt64() | 1;
            foreach (ref float value in crop)
            {
                // xorshift (Marsaglia 2003); four bytes of it are nearly a normal variate.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                int sum = (int)(state & 255) + (int)((state >> 8) & 255) + (int)((state >> 16) & 255) + (int)((state >> 24) & 255);
                value += (sum - 510) * (strength / 148);
            }
        }
    }

    // A quarter, a half, a quarter, along rows and then along columns.
    private static void Blur(Span<float> crop, int side)
    {
        for (int y = 0; y < side; y++)
        {
            Span<float> row = crop.Slice(y * side, side);
            float before = row[0];
            for (int x = 0; x + 1 < side; x++)
            {
                float here = row[x];
                row[x] = 0.25f * before + 0.5f * here + 0.25f * row[x + 1];
                before = here;
            }
        }
        for (int y = side - 1; y > 0; y--)
        {
            Span<float> row = crop.Slice(y * side, side), above = crop.Slice((y - 1) * side, side);
            for (int x = 0; x < side; x++) row[x] = 0.5f * (row[x] + above[x]);
        }
    }
}
