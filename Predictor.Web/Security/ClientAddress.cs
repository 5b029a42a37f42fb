using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EmotionMLNet.Web.Security;

/// <summary>By what clients are told apart: their address, or of an IPv6 address the half that names their network.</summary>
internal static class ClientAddress
{
    // A customer of a network has at least so many bits of an IPv6 address to himself.
    private const int SiteBytes = 8;

    public static UInt128 KeyOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address is null) return 0; // no network between: a socket of this machine
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }) bytes[SiteBytes..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
