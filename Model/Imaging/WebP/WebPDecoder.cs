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

    /// <returns>3 channels, or 4 with straight alpha; EXIF orientation applied.</returns>
    /// <exception cref="ImageFormatException">The content is broken or larger than the limit.</exception>
    public static Image Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options)
    {
        WebPFile file = WebPFile.Read(encoded, options);
        Image image = DecodeFrame(encoded, file.Frame, options);
        if (file.Animated) image = Compose(image, file);
        return file.Exif is { } exif ? Exif.Apply(image, Exif.Orientation(TiffOf(exif.Of(encoded)))) : image;
    }

    private static Image DecodeFrame(ReadOnlySpan<byte> encoded, WebPFrame frame, ImageReaderOptions options)
    {
        ReadOnlySpan<byte> bitstream = frame.Bitstream.Of(encoded);
        int origin = frame.Bitstream.Offset;
        if (frame.Lossless)
        {
            LosslessHeader lossless = LosslessHeader.Read(bitstream, origin, options);
            CheckSize(frame, lossless.Width, lossless.Height);
            return LosslessDecoder.Decode(bitstream, origin, lossless);
        }
        FrameHeader lossy = FrameHeader.Read(bitstream, origin, options);
        CheckSize(frame, lossy.Width, lossy.Height);
        byte[]? alpha = frame.Alpha is { } chunk ? AlphaPlane.Decode(chunk.Of(encoded), chunk.Offset, lossy.Width, lossy.Height) : null;
        YuvPicture picture = new Vp8Decoder(bitstream.ToArray(), origin, lossy).Decode();
        byte[] pixels = YuvToRgb.Convert(picture, lossy.Width, lossy.Height, alpha);
        return new Image(lossy.Width, lossy.Height, alpha is null ? 3 : 4, pixels);
    }

    private static void CheckSize(WebPFrame frame, int width, int height)
    {
        if (frame.Width != 0 && (frame.Width, frame.Height) != (width, height))
        {
            throw new ImageFormatException(Format, frame.Bitstream.Offset,
                $"the picture is {width} x {height} pixels, but the container announces {frame.Width} x {frame.Height}");
        }
    }

    /// <summary>Lays the first frame of an animation on its canvas; what it leaves free stays transparent.</summary>
    private static Image Compose(Image frame, WebPFile file)
    {
        if ((frame.Width, frame.Height) == (file.CanvasWidth, file.CanvasHeight)) return frame;
        byte[] canvas = new byte[file.CanvasWidth * file.CanvasHeight * 4];
        for (int y = 0; y < frame.Height; y++)
        {
            Span<byte> target = canvas.AsSpan(((file.Frame.Top + y) * file.CanvasWidth + file.Frame.Left) * 4, frame.Width * 4);
            ReadOnlySpan<byte> source = frame.Pixels.AsSpan(y * frame.Width * frame.Channels, frame.Width * frame.Channels);
            if (frame.Channels == 4)
            {
                source.CopyTo(target);
                continue;
            }
            for (int s = 0, t = 0; t < target.Length; s += 3, t += 4)
                (target[t], target[t + 1], target[t + 2], target[t + 3]) = (source[s], source[s + 1], source[s + 2], 255);
        }
        return new Image(file.CanvasWidth, file.CanvasHeight, 4, canvas);
    }

    // The specification wants the bare TIFF structure; many writers put JPEG's prefix before it.
    private static ReadOnlySpan<byte> TiffOf(ReadOnlySpan<byte> exif) => exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
}
