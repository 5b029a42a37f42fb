using System.Diagnostics;

namespace EmotionMLNet.Tests.Web;

/// <summary>A server in a process of its own.</summary>
internal static class ServerProcess
{
    /// <summary>Waits until it serves.</summary>
    /// <returns>Where, as it prints it.</returns>
    public static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("Serving on ", StringComparison.Ordinal)) return new Uri(line.Split(' ')[2]);
        throw new InvalidOperationException("It tells no address: " + await process.StandardError.ReadToEndAsync());
    }
}
