using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Runs.Progressive;

/// <summary>
/// Makes the pictures of a batch smaller: the triangle filter of <see cref="Resize"/>, on floats, without rounding between. It comes behind
/// augmentation, so that whatever is drawn is the same at any size, and a teacher can be shown the picture whole. Allocates nothing a
/// batch.
/// </summary>
internal sealed class BatchDownsampling
{
    private readonly Shape from, to;
    private readonly Direction across, down;
    private readonly ThreadTeam team;
    private readonly float[][] between; // a part's picture with columns reduced: [from.Height, to.Width, Channels]

    /// <param name="from">Shape of the pictures given.</param>
    /// <param name="to">Shape wanted: as many channels, sides not larger.</param>
    /// <param name="team">Threads.</param>
    public BatchDownsampling(Shape from, Shape to, ThreadTeam team)
    {
        if (from.Channels != to.Channels || to.Width > from.Width || to.Height > from.Height)
            throw new ArgumentException($"{to} is no reduction of {from}.", nameof(to));
        this.from = from;
        this.to = to;
        this.team = team;
        across = new Direction(from.Width, to.Width);
        down = new Direction(from.Height, to.Height);
        between = [.. Enumerable.Range(0, team.Threads).Select(_ => new float[from.Height * to.Width * to.Channels])];
    }

    /// <summary>Fills a batch.</summary>
    /// <param name="whole">[N, Height, Width, Channels].</param>
    /// <param name="small">Receives the reduced pictures and has its Batch set to N.</param>
    public void Apply(Tensor whole, Tensor small)
    {
        small.Batch = whole.Batch;
        var job = new Job(this, whole, small);
        team.Run(ref job);
    }

    private void Reduce(ReadOnlySpan<float> picture, Span<float> columns, Span<float> result)
    {
        int channels = to.Channels, row = to.Width * channels;
        for (int y = 0; y < from.Height; y++)
        {
            ReadOnlySpan<float> line = picture.Slice(y * from.Width * channels, from.Width * channels);
            Span<float> output = columns.Slice(y * row, row);
            for (int x = 0; x < to.Width; x++)
            {
                ReadOnlySpan<float> weights = across.Weights(x);
                int start = across.Start(x) * channels;
                for (int c = 0; c < channels; c++)
                {
                    float sum = 0;
                    for (int k = 0; k < weights.Length; k++) sum += weights[k] * line[start + k * channels + c];
                    output[x * channels + c] = sum;
                }
            }
        }
        for (int y = 0; y < to.Height; y++)
        {
            ReadOnlySpan<float> weights = down.Weights(y);
            Span<float> output = result.Slice(y * row, row);
            output.Clear();
            for (int k = 0; k < weights.Length; k++)
            {
                ReadOnlySpan<float> line = columns.Slice((down.Start(y) + k) * row, row);
                float weight = weights[k];
                for (int x = 0; x < output.Length; x++) output[x] += weight * line[x];
            }
        }
    }

    private readonly struct Job(BatchDownsampling reduction, Tensor whole, Tensor small) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int first, int end) = ThreadTeam.Range(whole.Batch, part, parts);
            for (int n = first; n < end; n++) reduction.Reduce(whole.Image(n), reduction.between[part], small.Image(n));
        }
    }

    /// <summary>The filter of one direction in floats.</summary>
    private sealed class Direction
    {
        private readonly int[] starts;
        private readonly float[][] weights;

        public Direction(int size, int reduced)
        {
            using var filter = new TriangleFilter(size, 0, size, reduced, repeat: 1);
            starts = new int[reduced];
            weights = new float[reduced][];
            for (int i = 0; i < reduced; i++)
            {
                starts[i] = filter.Start(i);
                uint[] exact = filter.Weights(i)[..filter.Count(i)].ToArray();
                double sum = exact.Sum(w => (double)w);
                weights[i] = [.. exact.Select(w => (float)(w / sum))];
            }
        }

        public int Start(int i) => starts[i];

        public ReadOnlySpan<float> Weights(int i) => weights[i];
    }
}
