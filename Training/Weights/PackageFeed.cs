using System.Text.Json;

namespace EmotionMLNet.Training.Weights;

/// <summary>Where a feed has packages: a folder of .nupkg files, or a server of NuGet's third protocol.</summary>
internal static class PackageFeed
{
    private const string BaseAddress = "PackageBaseAddress/3.0.0";

    /// <summary>A package in a feed that is a folder, as NuGet lays them out; null where it is not there.</summary>
    public static string? FindIn(string folder, NuGetPackage package)
    {
        string nested = Path.Combine(folder, package.Id.ToLowerInvariant(), package.Version, package.FileName);
        if (File.Exists(nested)) return nested;
        if (!Directory.Exists(folder)) return null;
        var anyCase = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive };
        return Directory.EnumerateFiles(folder, package.FileName, anyCase).FirstOrDefault();
    }

    /// <summary>The location of a package, from the index of a server's services.</summary>
    /// <param name="index">JSON, as the feed's address gives it.</param>
    /// <param name="package">What is wanted; whether it is there is not known yet.</param>
    /// <exception cref="TrainingFailedException">The index names no place for packages.</exception>
    public static Uri Locate(ReadOnlyMemory<byte> index, NuGetPackage package)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(index);
            foreach (JsonElement resource in document.RootElement.GetProperty("resources").EnumerateArray())
            {
                if (!IsBaseAddress(resource.GetProperty("@type"))) continue;
                if (Uri.TryCreate(resource.GetProperty("@id").GetString(), UriKind.Absolute, out Uri? place)) return package.At(place);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TrainingFailedException($"it is no index of a NuGet server: {e.Message.ReplaceLineEndings(" ")}");
        }
        throw new TrainingFailedException($"the server has no {BaseAddress}");
    }

    private static bool IsBaseAddress(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(IsBaseAddress) : type.GetString() == BaseAddress;
}
