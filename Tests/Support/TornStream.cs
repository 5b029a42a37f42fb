using System.Text;

namespace EmotionMLNet.Tests.Support;

/// <summary>A pipe that breaks after some text.</summary>
internal sealed class TornStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
{
    public override int Read(byte[] buffer, int offset, int count) =>
        base.Read(buffer, offset, count) is > 0 and var read ? read : throw new IOException("torn");

    public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and var read ? read : throw new IOException("torn");
}
