using System.Numerics;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging;

/// <summary>
/// Takes the rows of a picture as a decoder makes them and keeps what is wanted of them: colours laid over the background, luma where that
/// is enough, at 1/2, 1/4 or 1/8 by the mean of boxes of pixels. So a reduced picture never stands in memory at full size.
/// </summary>
/// <remarks>
/// Pixels of a reduced picture are those of the full one under a box filter, rounded to nearest; the last boxes of a row or column may be
/// cut by the edge.
/// </remarks>
internal sealed class PictureBuilder
{
    // A picture up to so many pixels is small enough to be taken as it is.
    private const long SmallPicture = 1 << 20;

    // Boxes are a coarser filter than the resize that follows. At four times what is wanted, little of their edges is left in the result.
    private const int Margin = 4;

    private readonly ImageReaderOptions options;
    private readonly ImageMemory memory;
    private readonly int width, height, given, channels, orientation, factor, reducedWidth, reducedHeight;
    private readonly bool ordered;
    private Raster picture;
    private int band = -1, rowsInBand;

    /// <param name="width">Columns as stored.</param>
    /// <param name="height">Rows as stored.</param>
    /// <param name="channels">Channels of the rows that will come: 1, 3 or 4 with straight alpha.</param>
    /// <param name="orientation">EXIF's, 1 to 8.</param>
    /// <param name="ordered">Whether rows come whole and from one end to the other.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="memory">Where the picture will stand.</param>
    public PictureBuilder(
        int width,
        int height,
        int channels,
        int orientation,
        bool ordered,
        ImageReaderOptions options,
        ImageMemory memory
    )
    {
        this.width = width;
        this.height = height;
        given = channels;
        this.orientation = orientation;
        this.ordered = ordered;
        this.options = options;
        this.memory = memory;
        this.channels = memory.KeepsAlpha ? channels : channels == 1 || options.LumaIsEnough ? 1 : 3;
        factor = Factor();
        reducedWidth = (width + factor - 1) / factor;
        reducedHeight = (height + factor - 1) / factor;
    }

    private bool Converts => given != channels;

    private Span<ushort> Sums => MemoryMarshal.Cast<byte, ushort>(memory.Sums.Bytes);

    /// <summary>Reserves and allocates; to be called once, before any row.</summary>
    /// <param name="format">Name for messages.</param>
    /// <param name="offset">Byte position of the size in the file.</param>
    /// <param name="more">Bytes that the decoder itself works with.</param>
    /// <exception cref="ImageFormatException">The working memory would be above the limit.</exception>
    public void Begin(string format, long offset, long more)
    {
        long samples = (long)reducedWidth * reducedHeight * channels;
        long sums = factor == 1 ? 0 : ordered ? (long)width * channels : samples;
        long own = (memory.ForImages ? 0 : samples) + (orientation > 1 ? samples : 0) + sizeof(ushort) * sums + 4L * width;
        memory.Reserve(format, offset, width, height, own + more, options);
        picture = memory.Decoded(reducedWidth, reducedHeight, channels);
        if (factor > 1) memory.Sums.TakeZeros<ushort>((int)sums);
        if (Converts || factor > 1) memory.Rows.Take(7 * width);
    }

    /// <summary>Takes a whole row.</summary>
    /// <param name="y">From the top.</param>
    /// <param name="row">The samples of a row, as many a pixel as the constructor was told.</param>
    public void Add(int y, ReadOnlySpan<byte> row)
    {
        memory.Watch.Check();
        if (factor == 1)
        {
            Convert(row, picture.Samples.Slice(y * width * channels, width * channels));
            return;
        }
        if (!ordered)
        {
            Sum(0, 1, y, Converted(row));
            return;
        }
        if (y / factor != band)
        {
            (band, rowsInBand) = (y / factor, 0);
            Sums.Clear();
        }
        AddTo(Sums, Converted(row));
        if (++rowsInBand == RowsOf(band)) Reduce(Sums, picture.Samples.Slice(band * reducedWidth * channels, reducedWidth * channels));
    }

    /// <summary>Takes pixels of a row that stand apart.</summary>
    /// <param name="first">Column of the first.</param>
    /// <param name="step">Columns from one to the next.</param>
    /// <param name="y">From the top.</param>
    /// <param name="pixels">The samples of the picture, as many a pixel as the constructor was told.</param>
    public void AddScattered(int first, int step, int y, ReadOnlySpan<byte> pixels)
    {
        memory.Watch.Check();
        ReadOnlySpan<byte> converted = Converted(pixels);
        if (factor > 1)
        {
            Sum(first, step, y, converted);
            return;
        }
        Span<byte> target = picture.Samples[((y * width + first) * channels)..];
        if (channels == 1)
        {
            for (int i = 0, to = 0; i < converted.Length; i++, to += step) target[to] = converted[i];
            return;
        }
        for (int from = 0, to = 0; from < converted.Length; from += channels, to += step * channels)
            for (int c = 0; c < channels; c++) target[to + c] = converted[from + c];
    }

    /// <summary>The picture, upright; all rows must have come.</summary>
    public Raster Finish()
    {
        if (factor > 1 && !ordered) ReduceAll();
        return Exif.Apply(picture, orientation, memory);
    }

    /// <summary>The largest of 8, 4, 2 that leaves both sides four times as long as wanted.</summary>
    private int Factor()
    {
        (int wantedWidth, int wantedHeight) = options.FindWantedSize(width, height, orientation >= 5);
        if (wantedWidth <= 0 || wantedHeight <= 0 || (long)width * height <= SmallPicture) return 1;
        int scale = options.MostReduction;
        while (scale > 1 && (width / scale < Margin * wantedWidth || height / scale < Margin * wantedHeight)) scale /= 2;
        return scale;
    }

    private ReadOnlySpan<byte> Converted(ReadOnlySpan<byte> pixels)
    {
        if (!Converts) return pixels;
        Span<byte> target = memory.Rows.Bytes.Slice(3 * width, pixels.Length / given * channels);
        Convert(pixels, target);
        return target;
    }

    private void Convert(ReadOnlySpan<byte> pixels, Span<byte> target)
    {
        if (!Converts) pixels[..target.Length].CopyTo(target);
        else if (given == 3) Luma.FromRgb(pixels, target);
        else if (channels == 3) AlphaBlend.Over(pixels, options.Background, target);
        else
        {
            Span<byte> rgb = memory.Rows.Bytes[..(pixels.Length / 4 * 3)];
            AlphaBlend.Over(pixels, options.Background, rgb);
            Luma.FromRgb(rgb, target);
        }
    }

    /// <summary>Rows of a box, less at the lower edge.</summary>
    private int RowsOf(int box) => Math.Min(factor, height - box * factor);

    /// <summary>Adds samples to sums of the same columns.</summary>
    internal static void AddTo(Span<ushort> sums, ReadOnlySpan<byte> row)
    {
        int i = 0;
        for (; i + Vector<byte>.Count <= row.Length && i + Vector<byte>.Count <= sums.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Span<ushort> to = sums.Slice(i, Vector<byte>.Count);
            (new Vector<ushort>(to) + low).CopyTo(to);
            (new Vector<ushort>(to[Vector<ushort>.Count..]) + high).CopyTo(to[Vector<ushort>.Count..]);
        }
        for (; i < row.Length; i++) sums[i] += row[i];
    }

    /// <summary>Means of boxes out of the sums of their columns.</summary>
    private void Reduce(ReadOnlySpan<ushort> columns, Span<byte> target)
    {
        int rows = RowsOf(band), whole = width / factor, shift = BitOperations.Log2((uint)factor);
        for (int x = 0; x < reducedWidth; x++)
        {
            int wide = x < whole ? factor : width - whole * factor, pixels = wide * rows;
            ReadOnlySpan<ushort> box = columns.Slice(x * factor * channels, wide * channels);
            for (int c = 0; c < channels; c++)
            {
                int sum = pixels / 2;
                for (int i = c; i < box.Length; i += channels) sum += box[i];
                target[x * channels + c] = (byte)(pixels == factor * factor ? sum >> (2 * shift) : sum / pixels);
            }
        }
    }

    private void Sum(int first, int step, int y, ReadOnlySpan<byte> pixels)
    {
        int shift = BitOperations.Log2((uint)factor);
        Span<ushort> sums = Sums.Slice((y >> shift) * reducedWidth * channels, reducedWidth * channels);
        if (channels == 1)
        {
            for (int i = 0, x = first; i < pixels.Length; i++, x += step) sums[x >> shift] += pixels[i];
            return;
        }
        for (int from = 0, x = first; from < pixels.Length; from += channels, x += step)
        {
            Span<ushort> box = sums.Slice((x >> shift) * channels, channels);
            for (int c = 0; c < box.Length; c++) box[c] += pixels[from + c];
        }
    }

    private void ReduceAll()
    {
        ReadOnlySpan<ushort> sums = Sums;
        Span<byte> target = picture.Samples;
        for (int y = 0, i = 0; y < reducedHeight; y++)
        {
            for (int x = 0; x < reducedWidth; x++)
            {
                int pixels = Math.Min(factor, width - x * factor) * RowsOf(y);
                for (int c = 0; c < channels; c++, i++) target[i] = (byte)((sums[i] + pixels / 2) / pixels);
            }
        }
    }
}
