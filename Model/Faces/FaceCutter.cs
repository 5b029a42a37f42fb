using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Faces;

/// <summary>
/// From a picture to network inputs, one for each face that is to be classified: decodes, searches and cuts. One caller at a time.
/// </summary>
/// <remarks>
/// A picture is decoded once, at the size that the search needs. Only where a face in it has fewer pixels than twice the network's input,
/// and the file has more, it is decoded once more, as fine as that face needs.
/// </remarks>
internal sealed class FaceCutter
{
    // Sides of the network's input that a face has before it is scaled down to it.
    private const float Enough = 2;

    private static readonly int[] Reductions = [1, 2, 4];

    private readonly FaceFinder finder;
    private readonly FaceSearch search;
    private readonly FaceCrop crop;
    private readonly ImagePreprocessing preprocessing;
    private readonly ImageReaderOptions first;
    private readonly ImageReaderOptions[] finer; // at most so many pixels in one
    private readonly WorkingBuffer grey = new(1 << 22);
    private readonly List<Face> faces = [];
    private readonly List<bool> isCut = [];
    private byte[] pixels = [];

    /// <param name="detector">Finds them.</param>
    /// <param name="search">Which; not Off.</param>
    /// <param name="crop">How they are cut.</param>
    /// <param name="preprocessing">The network's.</param>
    /// <param name="options">Limits and background.</param>
    public FaceCutter(
        FaceDetector detector, FaceSearch search, FaceCrop crop, ImagePreprocessing preprocessing, ImageReaderOptions options)
    {
        finder = detector.CreateFinder();
        this.search = search;
        this.crop = crop;
        this.preprocessing = preprocessing;
        first = options with
        {
            WantedSize = default,
            WantedLongSide = Math.Max(detector.LongSide, 2 * Math.Max(preprocessing.Width, preprocessing.Height)),
            LumaIsEnough = preprocessing.Channels == 1,
        };
        finer = [.. Reductions.Select(most => first with { MostReduction = most })];
    }

    /// <summary>
    /// The faces of the last picture that are to be classified, the largest first, in pixels of the upright picture at full size.
    /// </summary>
    public IReadOnlyList<Face> Faces => faces;

    /// <summary>The network's input for a face: [Height, Width, Channels] samples.</summary>
    /// <param name="index">As in <see cref="Faces"/>; 0 too for a picture that is a face already.</param>
    public ReadOnlySpan<byte> Pixels(int index) => pixels.AsSpan(index * preprocessing.Length, preprocessing.Length);

    /// <summary>Takes an encoded picture.</summary>
    /// <param name="encoded">A whole file.</param>
    /// <param name="memory">Decodes it, and is released.</param>
    /// <returns>Whether it was searched; otherwise it is a face already, and its pixels are the first ones.</returns>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    public bool Read(ReadOnlySpan<byte> encoded, ImageMemory memory)
    {
        try
        {
            Raster picture = ImageReader.Read(encoded, first, memory);
            int reduction = memory.Reduction;
            if (reduction == 1 && TakeWhole(picture)) return false;
            Find(picture, memory.Cancellation);
            float smallest = CutThoseOf(picture, reduction);
            if (smallest < float.PositiveInfinity)
            {
                int most = 4;
                while (most > 1 && (most >= reduction || smallest * reduction < most * Wanted)) most /= 2;
                picture = ImageReader.Read(encoded, finer[int.Log2(most)], memory);
                Cut(picture, (float)reduction / memory.Reduction);
            }
            Scale(reduction);
            return true;
        }
        finally
        {
            memory.Release();
        }
    }

    /// <summary>Takes a decoded picture of 1 or 3 channels.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public bool Take(Raster picture)
    {
        if (TakeWhole(picture)) return false;
        Find(picture, CancellationToken.None);
        CutThoseOf(picture, 1);
        return true;
    }

    private float Wanted => Enough * Math.Max(preprocessing.Width, preprocessing.Height);

    private bool TakeWhole(Raster picture)
    {
        if (!FaceCrop.IsCrop(picture.Width, picture.Height, preprocessing)) return false;
        faces.Clear();
        Reserve(1);
        preprocessing.ToPixels(picture, pixels.AsSpan(0, preprocessing.Length), grey);
        return true;
    }

    private void Find(Raster picture, CancellationToken cancellationToken)
    {
        faces.Clear();
        foreach (Face face in finder.Find(picture, 1, first.Background, search == FaceSearch.Largest, cancellationToken))
            if (crop.IsInside(picture.Width, picture.Height, face.Box)) faces.Add(face);
        // Of equal ones the surer first; the detector's order is the last resort.
        faces.Sort(static (a, b) => a.Box.Area != b.Box.Area ? b.Box.Area.CompareTo(a.Box.Area) : b.Score.CompareTo(a.Score));
        if (search == FaceSearch.Largest && faces.Count > 1) faces.RemoveRange(1, faces.Count - 1);
        Reserve(faces.Count);
        isCut.Clear();
        for (int i = 0; i < faces.Count; i++) isCut.Add(false);
    }

    // Cuts the faces that have enough pixels, or all where there are no more; returns the side of the smallest of the others, or infinity.
    private float CutThoseOf(Raster picture, int reduction)
    {
        float smallest = float.PositiveInfinity;
        for (int i = 0; i < faces.Count; i++)
        {
            float side = crop.FindSquare(faces[i].Box).Width;
            if (reduction > 1 && side < Wanted) smallest = Math.Min(smallest, side);
            else Cut(i, picture, faces[i].Box);
        }
        return smallest;
    }

    // The others, of a finer picture.
    private void Cut(Raster picture, float scale)
    {
        for (int i = 0; i < faces.Count; i++)
            if (!isCut[i]) Cut(i, picture, faces[i].Box.Scale(scale));
    }

    private void Cut(int index, Raster picture, FaceBox box)
    {
        crop.ToPixels(picture, box, preprocessing, pixels.AsSpan(index * preprocessing.Length, preprocessing.Length), grey);
        isCut[index] = true;
    }

    private void Scale(int reduction)
    {
        if (reduction == 1) return;
        for (int i = 0; i < faces.Count; i++) faces[i] = faces[i] with { Box = faces[i].Box.Scale(reduction) };
    }

    private void Reserve(int count)
    {
        if (pixels.Length < count * preprocessing.Length) pixels = new byte[count * preprocessing.Length];
    }
}
