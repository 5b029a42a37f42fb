using System.Net;

namespace EmotionMLNet.Client;

/// <summary>A stream that is opened when it is its turn to be sent, so that a thousand files are never open at once.</summary>
internal sealed class LateContent(Func<Stream> open) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Stream picture = open();
        await using (picture.ConfigureAwait(false)) await picture.CopyToAsync(stream).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
