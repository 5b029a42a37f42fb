using EmotionMLNet.Faces;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Faces;

namespace EmotionMLNet.Training.Losses;

/// <summary>
/// L = (Σ QFL + 2 Σ (1 - GIoU)) / max(1, positives) over the cells of all crops: quality focal loss (Li et al. 2020, arXiv:2006.04388),
/// whose target is the overlap of the cell's box with its face, and generalised intersection over union (Rezatofighi et al. 2019,
/// arXiv:1902.09630).
/// </summary>
/// <remarks>
/// A cell is positive if it lies in the central half of a face (FCOS) whose height is of its level; every face has at least its nearest
/// cell. Of two faces the smaller one has it. Cells in ignored boxes, and central cells of neighbouring levels, count for nothing. The
/// quality is a constant of the gradient.
/// </remarks>
/// <param name="side">Rows and columns of a crop.</param>
internal sealed class FaceLoss(int side) : ILoss
{
    private const double BoxWeight = 2;

    // A face of nearly a level's size is no background of it.
    private const float Near = 1.5f;

    private const int Background = -1, Nothing = -2;

    private readonly int[] owners = new int[FaceDecoder.CountCells(side, side)];

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        gradient.Span.Clear();
        double loss = 0;
        int positives = 0;
        for (int n = 0; n < logits.Batch; n++)
            loss += Add(logits.Image(n), targets.Slice(n * FaceTarget.Length, FaceTarget.Length), gradient.Image(n), ref positives);
        float factor = 1f / Math.Max(1, positives);
        foreach (ref float d in gradient.Span) d *= factor;
        return loss * factor;
    }

    /// <summary>Which box each cell learns.</summary>
    /// <param name="target">A <see cref="FaceTarget"/>.</param>
    /// <param name="owners">Receives, for each cell, the number of a box, -1 for background or -2 for nothing.</param>
    internal static void Assign(int side, ReadOnlySpan<float> target, Span<int> owners)
    {
        owners.Fill(Background);
        int boxes = FaceTarget.Count(target), first = 0;
        foreach (FaceLevel level in FaceLevel.All)
        {
            int cells = side / level.Stride;
            Span<int> map = owners.Slice(first, cells * cells);
            for (int i = 0; i < boxes; i++)
            {
                FaceBox box = FaceTarget.Box(target, i);
                if (FaceTarget.IsIgnored(target, i))
                    Mark(map, cells, level.Stride, box, box.Width * 0.5f, box.Height * 0.5f, Nothing, target);
                else if (box.Height >= level.Smallest && box.Height <= level.Largest)
                    MarkCentre(map, cells, level.Stride, box, i, target);
                else if (box.Height >= level.Smallest / Near && box.Height <= level.Largest * Near)
                    MarkCentre(map, cells, level.Stride, box, Nothing, target);
            }
            first += cells * cells;
        }
    }

    private static void MarkCentre(Span<int> map, int cells, int stride, FaceBox box, int owner, ReadOnlySpan<float> target)
    {
        float reach = stride * 0.5f;
        Mark(map, cells, stride, box, Math.Max(box.Width * 0.25f, reach), Math.Max(box.Height * 0.25f, reach), owner, target);
    }

    private static void Mark(
        Span<int> map,
        int cells,
        int stride,
        FaceBox box,
        float reachX,
        float reachY,
        int owner,
        ReadOnlySpan<float> target
    )
    {
        int left = Math.Max(0, (int)MathF.Ceiling((box.CentreX - reachX) / stride - 0.5f));
        int right = Math.Min(cells - 1, (int)MathF.Floor((box.CentreX + reachX) / stride - 0.5f));
        int top = Math.Max(0, (int)MathF.Ceiling((box.CentreY - reachY) / stride - 0.5f));
        int bottom = Math.Min(cells - 1, (int)MathF.Floor((box.CentreY + reachY) / stride - 0.5f));
        for (int y = top; y <= bottom; y++)
            for (int x = left; x <= right; x++)
            {
                ref int cell = ref map[y * cells + x];
                if (owner == Nothing)
                {
                    if (cell == Background) cell = Nothing;
                }
                else if (cell < 0 || box.Area < FaceTarget.Box(target, cell).Area) cell = owner;
            }
    }

    private double Add(ReadOnlySpan<float> cells, ReadOnlySpan<float> target, Span<float> gradient, ref int positives)
    {
        Assign(side, target, owners);
        double loss = 0;
        int at = 0, cell = 0;
        foreach (FaceLevel level in FaceLevel.All)
            for (int y = 0; y < side / level.Stride; y++)
                for (int x = 0; x < side / level.Stride; x++, at += FaceLevel.Values, cell++)
                {
                    int owner = owners[cell];
                    if (owner == Nothing) continue;
                    float quality = 0;
                    if (owner >= 0)
                    {
                        positives++;
                        FaceBox box = FaceTarget.Box(target, owner);
                        float centreX = level.Stride * (x + 0.5f), centreY = level.Stride * (y + 0.5f);
                        loss += BoxWeight * AddBox(
                            cells.Slice(at, FaceLevel.Values),
                            level.Stride,
                            centreX - box.X,
                            centreY - box.Y,
                            box.X + box.Width - centreX,
                            box.Y + box.Height - centreY,
                            gradient.Slice(at, FaceLevel.Values),
                            out quality
                        );
                        foreach (ref float d in gradient.Slice(at + 1, FaceLevel.Values - 1)) d *= (float)BoxWeight;
                    }
                    loss += AddScore(cells[at], quality, out gradient[at]);
                }
        return loss;
    }

    /// <summary>|q - σ|² · BCE(σ, q), with σ = sigmoid(z).</summary>
    internal static double AddScore(double z, double q, out float gradient)
    {
        double sigma = 1 / (1 + Math.Exp(-z)), entropy = Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))) - q * z, d = sigma - q;
        gradient = (float)(d * d * d + 2 * d * sigma * (1 - sigma) * entropy);
        return d * d * entropy;
    }

    /// <summary>1 - GIoU of two boxes around the same place, given by their distances to its sides.</summary>
    internal static double AddBox(
        ReadOnlySpan<float> cell,
        int stride,
        float left,
        float top,
        float right,
        float bottom,
        Span<float> gradient,
        out float quality
    )
    {
        // The nearest cell of a tiny face may lie outside it.
        const double Least = 0.1;
        double l = FaceDecoder.Distance(cell[1], stride), t = FaceDecoder.Distance(cell[2], stride);
        double r = FaceDecoder.Distance(cell[3], stride), b = FaceDecoder.Distance(cell[4], stride);
        double gl = Math.Max(Least, left), gt = Math.Max(Least, top), gr = Math.Max(Least, right), gb = Math.Max(Least, bottom);
        double bothWidth = Math.Min(l, gl) + Math.Min(r, gr), bothHeight = Math.Min(t, gt) + Math.Min(b, gb), both = bothWidth * bothHeight;
        double union = (l + r) * (t + b) + (gl + gr) * (gt + gb) - both;
        double hullWidth = Math.Max(l, gl) + Math.Max(r, gr), hullHeight = Math.Max(t, gt) + Math.Max(b, gb), hull = hullWidth * hullHeight;
        quality = (float)(both / union);
        gradient[1] = Slope(l, gl, t + b, bothHeight, hullHeight);
        gradient[2] = Slope(t, gt, l + r, bothWidth, hullWidth);
        gradient[3] = Slope(r, gr, t + b, bothHeight, hullHeight);
        gradient[4] = Slope(b, gb, l + r, bothWidth, hullWidth);
        return 2 - both / union - union / hull;

        // d(1 - GIoU)/dv of a distance d = s·exp(v): both, union and hull grow with it by their other side, or not at all.
        float Slope(double d, double wanted, double otherSide, double bothSide, double hullSide)
        {
            double dBoth = d < wanted ? bothSide : 0, dUnion = otherSide - dBoth, dHull = d < wanted ? 0 : hullSide;
            double slope = -(dBoth * union - both * dUnion) / (union * union) - (dUnion * hull - union * dHull) / (hull * hull);
            return (float)(slope * d);
        }
    }
}
