using System.Security.Cryptography;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Training.Faces;

/// <summary>Decoded pictures with boxes, divided into those that are learned from and those that epochs are compared by.</summary>
/// <param name="Train">Learned from.</param>
/// <param name="Validation">Compared by.</param>
/// <param name="Fingerprint">Of names, boxes and samples of all.</param>
internal sealed record FaceSet(IReadOnlyList<FacePicture> Train, IReadOnlyList<FacePicture> Validation, string Fingerprint)
{
    // Larger pictures are reduced: a face of them is large enough at this size, and all are held in memory.
    private const int LongestSide = 1024;

    /// <summary>Decodes and divides.</summary>
    /// <param name="pictures">The annotations.</param>
    /// <param name="validationFraction">Share of pictures that becomes validation, above 0 and below 1.</param>
    /// <param name="seed">Of the division.</param>
    /// <param name="reporter">Shows how far it is, and hears of files that cannot be read.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    public static FaceSet Load(
        IReadOnlyList<AnnotatedPicture> pictures,
        float validationFraction,
        ulong seed,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        var decoded = new FacePicture?[pictures.Count];
        int done = 0;
        using (IWork work = reporter.Begin("decoding", "pictures"))
            Parallel.For(0, pictures.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                decoded[i] = Decode(pictures[i]);
                int count = Interlocked.Increment(ref done);
                lock (work) work.Report(new WorkProgress(count, pictures.Count));
            });
        int lost = decoded.Count(p => p is null);
        if (lost > 0) reporter.Note($"{lost} of {pictures.Count} pictures can't be read and are left out");
        List<FacePicture> train = [], validation = [];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FacePicture picture in decoded.OfType<FacePicture>())
        {
            string name = Path.GetFileName(picture.Path);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<FaceBox>(picture.Faces));
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<FaceBox>(picture.Ignored));
            hash.AppendData(picture.Levels[^1].Samples);
            // By its name: a picture that is added later moves no other one to the other side.
            var random = new RandomStream(RandomStream.Key(seed, NameKey(name)));
            (picture.IsValidation ?? random.NextSingle() < validationFraction ? validation : train).Add(picture);
        }
        return new FaceSet(train, validation, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static ulong NameKey(string name) =>
        BitConverter.ToUInt64(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)), 0);

    private static FacePicture? Decode(AnnotatedPicture picture)
    {
        try
        {
            Image image = ImageReader.ReadFile(picture.Path);
            var grey = new byte[image.Width * image.Height];
            if (image.Channels == 1) image.Pixels.CopyTo(grey, 0);
            else Luma.FromRgb(image.Pixels, grey);
            float scale = Math.Min(1, (float)LongestSide / Math.Max(image.Width, image.Height));
            int width = Math.Max(1, (int)MathF.Round(image.Width * scale)), height = Math.Max(1, (int)MathF.Round(image.Height * scale));
            if (scale < 1)
            {
                var reduced = new byte[width * height];
                Resize.Bilinear(grey, image.Width, image.Height, 1, new Box(0, 0, image.Width, image.Height), reduced, width, height);
                grey = reduced;
            }
            FaceBox[] boxes(IReadOnlyList<FaceBox> from) =>
                [.. from.Select(b => new FaceBox(b.X * scale, b.Y * scale, b.Width * scale, b.Height * scale))];
            return FacePicture.Create(picture.Path, width, height, grey, boxes(picture.Faces), boxes(picture.Ignored)) with
            {
                Subset = picture.Subset,
                IsValidation = picture.IsValidation,
            };
        }
        catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException or UnusableFileException)
        {
            return null;
        }
    }
}
