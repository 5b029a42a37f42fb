using System.Runtime.InteropServices;

namespace EmotionMLNet.Faces;

/// <summary>From the network's cells to boxes.</summary>
/// <remarks>
/// A cell in column x, row y of a level of stride s stands for the place (s·(x + ½), s·(y + ½)). Its five values v are the logit of a face
/// and the distances from there to the four sides, s·exp(v), as in FCOS.
/// </remarks>
internal static class FaceDecoder
{
    // exp(4) strides of 32 pixels are 1,747 pixels: nothing larger is shown to the network.
    private const float LargestLogDistance = 4;

    /// <summary>Cells of all levels together.</summary>
    public static int CountCells(int height, int width)
    {
        int cells = 0;
        for (int l = 0; l < FaceLevel.All.Count; l++) cells += height / FaceLevel.All[l].Stride * (width / FaceLevel.All[l].Stride);
        return cells;
    }

    /// <summary>Sides of the box of a cell, in pixels of the network's input.</summary>
    /// <param name="cell">Its <see cref="FaceLevel.Values"/> values.</param>
    /// <param name="x">Column of the cell.</param>
    /// <param name="y">Row of the cell.</param>
    /// <param name="stride">Of its level.</param>
    public static FaceBox ReadBox(ReadOnlySpan<float> cell, int x, int y, int stride)
    {
        float centreX = stride * (x + 0.5f), centreY = stride * (y + 0.5f);
        float left = Distance(cell[1], stride), top = Distance(cell[2], stride);
        return new FaceBox(centreX - left, centreY - top, left + Distance(cell[3], stride), top + Distance(cell[4], stride));
    }

    /// <summary>s·exp(v), within reason.</summary>
    public static float Distance(float value, int stride) => stride * MathF.Exp(Math.Clamp(value, -LargestLogDistance, LargestLogDistance));

    /// <summary>Adds the faces of all cells that score enough.</summary>
    /// <param name="cells">The output for one image.</param>
    /// <param name="height">Rows of the network's input.</param>
    /// <param name="width">Columns of the network's input.</param>
    /// <param name="threshold">Least score, above 0 and below 1.</param>
    /// <param name="scale">What places in the network's input are multiplied by.</param>
    /// <param name="faces">Receives them.</param>
    public static void AddFaces(ReadOnlySpan<float> cells, int height, int width, float threshold, float scale, List<Face> faces)
    {
        float least = MathF.Log(threshold / (1 - threshold));
        int at = 0;
        for (int l = 0; l < FaceLevel.All.Count; l++) // without an enumerator, which would be garbage
        {
            int stride = FaceLevel.All[l].Stride;
            for (int y = 0; y < height / stride; y++)
                for (int x = 0; x < width / stride; x++, at += FaceLevel.Values)
                {
                    float logit = cells[at];
                    if (!(logit >= least)) continue;
                    FaceBox box = ReadBox(cells.Slice(at, FaceLevel.Values), x, y, stride);
                    faces.Add(new Face(box.Scale(scale), 1 / (1 + MathF.Exp(-logit))));
                }
        }
    }

    /// <summary>Keeps the best of boxes that cover one another, best first: greedy non-maximum suppression.</summary>
    /// <param name="faces">Replaced by those that are kept.</param>
    /// <param name="overlap">Intersection over union above which two boxes are one face.</param>
    public static void Suppress(List<Face> faces, float overlap)
    {
        faces.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : Order(a.Box, b.Box));
        Span<Face> all = CollectionsMarshal.AsSpan(faces);
        int kept = 0;
        foreach (Face face in all)
        {
            bool isNew = true;
            for (int i = 0; i < kept && isNew; i++) isNew = all[i].Box.Overlap(face.Box) <= overlap;
            if (isNew) all[kept++] = face;
        }
        faces.RemoveRange(kept, faces.Count - kept);
    }

    // Equal scores are possible; the order must not depend on the sort.
    private static int Order(FaceBox a, FaceBox b) => a.X != b.X ? a.X.CompareTo(b.X) : a.Y.CompareTo(b.Y);
}
