using System.Diagnostics;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging.Bmp;
using EmotionMLNet.Imaging.Gif;
using EmotionMLNet.Imaging.Jpeg;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Imaging.Pnm;
using EmotionMLNet.Imaging.WebP;

namespace EmotionMLNet.Imaging;

/// <summary>Decodes a picture by its content, never by its name: JPEG, PNG, BMP, GIF (first frame), WebP, PNM.</summary>
/// <remarks>All members may be called from any number of threads at once.</remarks>
public static class ImageReader
{
    // Strong signatures first: BMP and PNM have but two bytes.
    private static readonly (string Format, Recogniser Recognises, Decoder Decode)[] Codecs =
    [
        (JpegDecoder.Format, JpegDecoder.Recognises, JpegDecoder.Decode),
        (PngDecoder.Format, PngDecoder.Recognises, PngDecoder.Decode),
        (WebPDecoder.Format, WebPDecoder.Recognises, WebPDecoder.Decode),
        (GifDecoder.Format, GifDecoder.Recognises, GifDecoder.Decode),
        (BmpDecoder.Format, BmpDecoder.Recognises, BmpDecoder.Decode),
        (PnmDecoder.Format, PnmDecoder.Recognises, PnmDecoder.Decode),
    ];

    private delegate bool Recogniser(ReadOnlySpan<byte> start);

    private delegate Raster Decoder(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory);

    /// <summary>Decodes encoded bytes to upright pixels: EXIF orientation applied, alpha laid over the background.</summary>
    /// <param name="encoded">A whole file.</param>
    /// <param name="options">Limits, background and size wanted; null for the defaults.</param>
    /// <param name="cancellationToken">
    /// Looked at once a row. With a <see cref="CancellationTokenSource"/> of a given time it is a deadline.
    /// </param>
    /// <returns>An image of 1 (grey) or 3 (RGB) channels.</returns>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or over a limit.</exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public static Image Read(ReadOnlySpan<byte> encoded, ImageReaderOptions? options = null, CancellationToken cancellationToken = default)
    {
        var memory = new ImageMemory(forImages: true) { Cancellation = cancellationToken };
        try
        {
            return Read(encoded, options ?? ImageReaderOptions.Default, memory).ToImage();
        }
        finally
        {
            memory.Release();
        }
    }

    /// <summary>
    /// The same in memory that is used for one picture after another, and is to be released when the picture is done with; a JPEG then
    /// allocates nothing.
    /// </summary>
    internal static Raster Read(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory)
    {
        if (encoded.Length > options.MaxFileBytes)
            throw new ImageFormatException("unknown", 0, $"{encoded.Length} bytes are more than the limit of {options.MaxFileBytes}")
            {
                Problem = ImageProblem.Size,
            };
        (string format, Decoder decode) = Find(encoded) ?? throw ForeignFormat.Explain(encoded);
        memory.Watch.Begin(format, options.TimeLimit);
        long start = Stopwatch.GetTimestamp();
        Raster picture = decode(encoded, options, memory);
        memory.DecodingTime += Stopwatch.GetElapsedTime(start);
        return picture;
    }

    /// <summary>Decodes the rest of a stream; see <see cref="Read(ReadOnlySpan{byte}, ImageReaderOptions?, CancellationToken)"/>.</summary>
    /// <param name="stream">Read to its end, or one byte past <see cref="ImageReaderOptions.MaxFileBytes"/>.</param>
    /// <param name="options">Limits, background and size wanted; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at once a row, and between two readings.</param>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or over a limit.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public static Image Read(Stream stream, ImageReaderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(
            ReadToEnd(stream, (options ?? ImageReaderOptions.Default).MaxFileBytes, cancellationToken).Span,
            options,
            cancellationToken
        );
    }

    /// <summary>Decodes a file; see <see cref="Read(ReadOnlySpan{byte}, ImageReaderOptions?, CancellationToken)"/>.</summary>
    /// <param name="path">A regular file; links are followed.</param>
    /// <param name="options">Limits, background and size wanted; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at once a row.</param>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or over a limit.</exception>
    /// <exception cref="UnusableFileException">
    /// It is no regular file, or larger than <see cref="ImageReaderOptions.MaxFileBytes"/>.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public static Image ReadFile(string path, ImageReaderOptions? options = null, CancellationToken cancellationToken = default)
        => Read(RegularFile.ReadAllBytes(path, (options ?? ImageReaderOptions.Default).MaxFileBytes), options, cancellationToken);

    /// <summary>
    /// Decodes the rest of a stream, which is awaited; see <see cref="Read(ReadOnlySpan{byte}, ImageReaderOptions?, CancellationToken)"/>.
    /// </summary>
    /// <remarks>The picture is decoded on a thread of the pool, never on the caller's.</remarks>
    /// <param name="stream">Read to its end, or one byte past <see cref="ImageReaderOptions.MaxFileBytes"/>.</param>
    /// <param name="options">Limits, background and size wanted; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait for the stream, and is looked at once a row.</param>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or over a limit.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public static Task<Image> ReadAsync(Stream stream, ImageReaderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadAwaited();

        async Task<Image> ReadAwaited()
        {
            Task<ReadOnlyMemory<byte>> content = ReadToEndAsync(
                    stream,
                    (options ?? ImageReaderOptions.Default).MaxFileBytes,
                    cancellationToken
                )
                .AsTask();
            return Read((await content.ConfigureAwait(ConfigureAwaitOptions.ForceYielding)).Span, options, cancellationToken);
        }
    }

    /// <summary>The rest of a stream that may be endless.</summary>
    /// <exception cref="ImageFormatException">It is longer than <paramref name="maxBytes"/>.</exception>
    internal static ReadOnlyMemory<byte> ReadToEnd(Stream stream, long maxBytes, CancellationToken cancellationToken)
        => WholeStream.ReadToEnd(stream, maxBytes, at => TooLong(at, maxBytes), cancellationToken);

    /// <inheritdoc cref="ReadToEnd"/>
    internal static ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(Stream stream, long maxBytes, CancellationToken cancellationToken)
        => WholeStream.ReadToEndAsync(stream, maxBytes, at => TooLong(at, maxBytes), cancellationToken);

    /// <summary>Whether the first bytes (16 suffice) are those of a format that is decoded here.</summary>
    public static bool Recognises(ReadOnlySpan<byte> start) => Find(start) is not null;

    private static ImageFormatException TooLong(long at, long maxBytes) =>
        new("unknown", at, $"the stream holds more than the limit of {maxBytes} bytes") { Problem = ImageProblem.Size };

    private static (string Format, Decoder Decode)? Find(ReadOnlySpan<byte> start)
    {
        foreach ((string format, Recogniser recognises, Decoder decode) in Codecs)
        {
            if (recognises(start)) return (format, decode);
        }
        return null;
    }
}
