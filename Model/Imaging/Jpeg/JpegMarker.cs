namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Second bytes of markers (ITU-T T.81, table B.1); the first is always FF.</summary>
internal static class JpegMarker
{
    public const byte Tem = 0x01;
    public const byte Sof0 = 0xC0;
    public const byte Sof1 = 0xC1;
    public const byte Sof2 = 0xC2;
    public const byte Sof15 = 0xCF;
    public const byte Dht = 0xC4;
    public const byte Jpg = 0xC8;
    public const byte Dac = 0xCC;
    public const byte Rst0 = 0xD0;
    public const byte Rst7 = 0xD7;
    public const byte Soi = 0xD8;
    public const byte Eoi = 0xD9;
    public const byte Sos = 0xDA;
    public const byte Dqt = 0xDB;
    public const byte Dnl = 0xDC;
    public const byte Dri = 0xDD;
    public const byte Dhp = 0xDE;
    public const byte App0 = 0xE0;
    public const byte App1 = 0xE1;
    public const byte App14 = 0xEE;

    /// <summary>Whether a marker stands alone, without a length and a payload.</summary>
    public static bool StandsAlone(byte marker) => marker is Tem or Soi or (>= Rst0 and <= Rst7);

    /// <summary>Why a coding process is refused; null where it is supported.</summary>
    public static string? Unsupported(byte sof) => sof switch
    {
        Sof0 or Sof1 or Sof2 => null,
        0xC3 => "lossless coding (SOF3) is not supported",
        0xC5 or 0xC6 or 0xC7 => "hierarchical coding (differential frames) is not supported",
        0xC9 or 0xCA => "arithmetic coding is not supported",
        0xCB => "lossless arithmetic coding (SOF11) is not supported",
        _ => "hierarchical arithmetic coding (differential frames) is not supported",
    };
}
