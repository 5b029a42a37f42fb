namespace EmotionMLNet.Imaging;

/// <summary>
/// A file that cannot be decoded: which format, at which byte, and why. The only exception a decoder throws for bad content.
/// </summary>
public sealed class ImageFormatException : EmotionMLNetException
{
    /// <summary>Creates the exception; the message reads "FORMAT, byte OFFSET: REASON".</summary>
    public ImageFormatException(string format, long offset, string reason, Exception? inner = null)
        : base($"{format}, byte {offset}: {reason}", inner)
    {
        Format = format;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>Name of the format as read from the content, "JPEG" for instance, or "unknown".</summary>
    public string Format { get; }

    /// <summary>Byte position in the file where reading stopped, from 0.</summary>
    public long Offset { get; }

    /// <summary>Whether it is the content, or a limit of the options.</summary>
    public ImageProblem Problem { get; init; }

    /// <summary>What is wrong, in one line without a full stop at the end.</summary>
    public string Reason { get; }
}
