using EmotionMLNet.Imaging.WebP.Lossless;
using EmotionMLNet.Imaging.WebP.Vp8;

namespace EmotionMLNet.Imaging.WebP;

/// <summary>
/// WebP: lossy (VP8 key frame, RFC 6386) and lossless (VP8L, RFC 9649), with alpha. An animation gives its first frame, laid at its
/// place on a transparent canvas. Pixels are those of libwebp, bit by bit; a cut-off file is refused as there.
/// </summary>
internal static class WebPDecoder
{
    internal const string Format = "WebP";

    public static bool Recognises(ReadOnlySpan<byte> encoded) =>
        encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8);

    /// <returns>The picture as it is wanted, upright.</returns>
    /// <exception cref="ImageFormatException">The content is broken or larger than the limits.</exception>
    public static Raster Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory)
    {
        WebPFile file = WebPFile.Read(encoded, options);
        WebPFrame frame = file.Frame;
        int origin = frame.Bitstream.Offset, orientation = file.Exif is { } exif ? Exif.Orientation(TiffOf(exif.Slice(encoded))) : 1;
        ReadOnlySpan<byte> bitstream = frame.Bitstream.Slice(encoded);
        if (frame.Lossless)
        {
            LosslessHeader lossless = LosslessHeader.Read(bitstream, origin, options);
            CheckSize(frame, lossless.Width, lossless.Height);
            long bytes = bitstream.Length + EntropyImage.BytesFor(lossless.Width, lossless.Height, bitstream.Length);
            FramePicture picture = FramePicture.Begin(
                file,
                (lossless.Width, lossless.Height),
                lossless.HasAlpha,
                orientation,
                bytes,
                options,
                memory
            );
            LosslessDecoder.Decode(bitstream, origin, lossless, picture.Add, memory.Watch);
            return picture.Finish();
        }
        return DecodeLossy(encoded, file, FrameHeader.Read(bitstream, origin, options), orientation, options, memory);
    }

    /// <summary>The same at full size with its alpha.</summary>
    public static Image Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options)
    {
        var memory = new ImageMemory(forImages: true) { KeepsAlpha = true };
        try
        {
            return Decode(encoded, options, memory).ToImage();
        }
        finally
        {
            memory.Release();
        }
    }

    private static Raster DecodeLossy(
        ReadOnlySpan<byte> encoded,
        WebPFile file,
        FrameHeader header,
        int orientation,
        ImageReaderOptions options,
        ImageMemory memory
    )
    {
        WebPFrame frame = file.Frame;
        CheckSize(frame, header.Width, header.Height);
        ReadOnlySpan<byte> bitstream = frame.Bitstream.Slice(encoded);
        long bytes = bitstream.Length + Vp8Decoder.BytesFor(header);
        if (frame.Alpha is { } opacity)
        {
            // Two pictures in one: half as many pixels of each.
            LosslessDecoder.CheckWork(
                origin: opacity.Offset,
                header.Width,
                header.Height,
                trusted: 1L << 25,
                (opacity.Length + (long)bitstream.Length) / 2
            );
            bytes += opacity.Length + EntropyImage.BytesFor(header.Width, header.Height, opacity.Length);
        }
        FramePicture picture = FramePicture.Begin(
            file,
            (header.Width, header.Height),
            frame.Alpha is not null,
            orientation,
            bytes,
            options,
            memory
        );
        byte[] copy = EncodedCopy.Rent(bitstream);
        try
        {
            using AlphaPlane? alpha = frame.Alpha is { } chunk
                ? new AlphaPlane(chunk.Slice(encoded), chunk.Offset, header.Width, header.Height, memory.Watch)
                : null;
            new Vp8Decoder(copy, bitstream.Length, frame.Bitstream.Offset, header).Decode(alpha, picture.Add, memory.Watch);
        }
        finally
        {
            EncodedCopy.Return(copy);
        }
        return picture.Finish();
    }

    private static void CheckSize(WebPFrame frame, int width, int height)
    {
        if (frame.Width != 0 && (frame.Width, frame.Height) != (width, height))
        {
            throw new ImageFormatException(Format, frame.Bitstream.Offset,
                $"the picture is {width} x {height} pixels, but the container announces {frame.Width} x {frame.Height}");
        }
    }

    /// <summary>Where the rows of a frame go: to the picture, or to their place on the canvas of an animation.</summary>
    private sealed class FramePicture
    {
        private readonly PictureBuilder picture;
        private readonly CanvasRows? canvas;

        private FramePicture(PictureBuilder picture, CanvasRows? canvas)
        {
            this.picture = picture;
            this.canvas = canvas;
        }

        public static FramePicture Begin(
            WebPFile file,
            (int Width, int Height) size,
            bool hasAlpha,
            int orientation,
            long bytes,
            ImageReaderOptions options,
            ImageMemory memory
        )
        {
            (int Width, int Height) canvas = file.Animated ? (file.CanvasWidth, file.CanvasHeight) : size;
            bool covers = canvas == size;
            int channels = hasAlpha || !covers ? 4 : 3;
            var picture = new PictureBuilder(canvas.Width, canvas.Height, channels, orientation, ordered: true, options, memory);
            picture.Begin(Format, file.Frame.Bitstream.Offset, bytes + 8L * canvas.Width);
            if (covers) return new FramePicture(picture, null);
            var rows = new CanvasRows(picture, canvas, (file.Frame.Left, file.Frame.Top, size.Width, size.Height), channels);
            rows.Begin();
            return new FramePicture(picture, rows);
        }

        public void Add(int y, ReadOnlySpan<byte> row, int channels)
        {
            if (canvas is null) picture.Add(y, row);
            else canvas.Add(y, row, channels);
        }

        public Raster Finish()
        {
            canvas?.End();
            return picture.Finish();
        }
    }

    // The specification wants the bare TIFF structure; many writers put JPEG's prefix before it.
    private static ReadOnlySpan<byte> TiffOf(ReadOnlySpan<byte> exif) => exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
}
