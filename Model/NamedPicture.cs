using EmotionMLNet.Imaging;

namespace EmotionMLNet;

/// <summary>An encoded picture (the content of a JPEG, PNG, ... file) that is no file: bytes in memory, or a stream, with the name by
/// which its result is told.</summary>
public sealed class NamedPicture
{
    private readonly ReadOnlyMemory<byte> encoded;
    private readonly Func<Stream>? open;

    /// <summary>A picture in memory.</summary>
    /// <param name="name">Any text: the name of an upload, a key, a number.</param>
    /// <param name="encoded">The whole content. It is not copied: leave it as it is until its result is there.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public NamedPicture(string name, ReadOnlyMemory<byte> encoded)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        this.encoded = encoded;
    }

    /// <summary>A picture that is read from a stream when its turn comes.</summary>
    /// <param name="name">Any text: the name of an upload, a key, a number.</param>
    /// <param name="open">Called once for each time that the picture is classified; the stream is read to its end and disposed
    /// of.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public NamedPicture(string name, Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(open);
        Name = name;
        this.open = open;
    }

    /// <summary>The name as given.</summary>
    public string Name { get; }

    /// <summary>Opens and reads the stream, if it is one.</summary>
    /// <param name="maxBytes">Most that is read.</param>
    /// <param name="cancellationToken">Checked between two readings.</param>
    internal ReadPicture Read(long maxBytes, CancellationToken cancellationToken)
    {
        if (open is null) return new ReadPicture(Name, encoded, null);
        try
        {
            using Stream stream = Open();
            return new ReadPicture(Name, ImageReader.ReadToEnd(stream, maxBytes, cancellationToken), null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReadPicture(Name, default, e);
        }
    }

    /// <summary>The same without holding a thread while the stream is waited for.</summary>
    internal async ValueTask<ReadPicture> ReadAsync(long maxBytes, CancellationToken cancellationToken)
    {
        if (open is null) return new ReadPicture(Name, encoded, null);
        try
        {
            Stream stream = Open();
            await using (stream.ConfigureAwait(false))
            {
                ReadOnlyMemory<byte> content = await ImageReader.ReadToEndAsync(stream, maxBytes, cancellationToken).ConfigureAwait(false);
                return new ReadPicture(Name, content, null);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReadPicture(Name, default, e);
        }
    }

    private Stream Open() => open!() ?? throw new InvalidOperationException($"{Name}: the function that opens it gave no stream");
}

/// <summary>A picture whose content is in memory, or what its stream threw.</summary>
internal readonly record struct ReadPicture(string Name, ReadOnlyMemory<byte> Encoded, Exception? Exception);
