namespace EmotionMLNet.Tensors;

/// <summary>Places buffers of known lifetimes into one block so that buffers that live at the same time never overlap.</summary>
/// <remarks>
/// Greedy by size, first fit: the largest buffers are placed first, each at the lowest offset that is free over its whole
/// lifetime (Pisarchyk and Lee 2020, arXiv:2001.03288, "greedy by size for offset calculation").
/// </remarks>
internal sealed class MemoryPlanner
{
    private readonly List<Buffer> buffers = [];

    /// <summary>Floats that the block needs after <see cref="Place"/>.</summary>
    public long Total { get; private set; }

    /// <summary>Registers a buffer that is first written at time <paramref name="birth"/>.</summary>
    /// <returns>Its number for <see cref="Use"/> and <see cref="OffsetOf"/>.</returns>
    public int Add(long floats, int birth)
    {
        buffers.Add(new Buffer { Length = Arena.Align(Math.Max(floats, 1)), Birth = birth, Death = birth });
        return buffers.Count - 1;
    }

    /// <summary>Keeps a buffer alive up to and including <paramref name="time"/>.</summary>
    public void Use(int buffer, int time) => buffers[buffer].Death = Math.Max(buffers[buffer].Death, time);

    /// <summary>Chooses all offsets.</summary>
    public void Place()
    {
        var placed = new List<Buffer>();
        foreach (Buffer buffer in buffers.OrderByDescending(b => b.Length).ThenBy(b => b.Birth))
        {
            long offset = 0;
            foreach (Buffer other in placed.Where(o => o.Birth <= buffer.Death && buffer.Birth <= o.Death).OrderBy(o => o.Offset))
            {
                if (offset + buffer.Length <= other.Offset) break;
                offset = Math.Max(offset, other.Offset + other.Length);
            }
            buffer.Offset = offset;
            Total = Math.Max(Total, offset + buffer.Length);
            placed.Add(buffer);
        }
    }

    /// <summary>Offset of a buffer in floats, a multiple of <see cref="Arena.Alignment"/>.</summary>
    public int OffsetOf(int buffer) => checked((int)buffers[buffer].Offset);

    private sealed class Buffer
    {
        public required long Length { get; init; }

        public required int Birth { get; init; }

        public int Death { get; set; }

        public long Offset { get; set; }
    }
}
