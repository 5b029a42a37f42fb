using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Hosting;

/// <summary>How answers become JSON: camel case, always the same bytes for the same answer.</summary>
internal static class WebJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never inside HTML, and the type says so
        NumberHandling = JsonNumberHandling.Strict,
    };

    public static byte[] ToBytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>An answer with its length.</summary>
    public static IResult Answer<T>(T value) => Results.Bytes(ToBytes(value), "application/json; charset=utf-8");
}
