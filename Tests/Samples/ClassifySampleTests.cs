using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Samples;

/// <summary>The samples of the solution do what their readers expect.</summary>
public sealed class ClassifySampleTests
{
    private static readonly string Face = Path.Combine(Repository.Root, "data", "faces", "happy", "0000.png"),
        Model = Path.Combine(Repository.Root, "artifacts", "happy-sad.zip");

    [Fact]
    public void The_console_tells_labels_and_what_it_could_not_read()
    {
        Prediction expected = EmotionClassifier.Load(Model).Classify(Face);
        using Process process = Start("Classify.Console", Model, Face, "no-such.png");
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.Equal(3, result.Code);
        Assert.Equal($"{Face}: {expected.Label} ({expected.Confidence:P0})", result.Output.TrimEnd());
        Assert.StartsWith("no-such.png: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_web_service_classifies_what_is_posted()
    {
        Prediction expected = EmotionClassifier.Load(Model).Classify(Face);
        using Process process = Start("Classify.Web", "--Model", Model, "--urls", "http://127.0.0.1:0");
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string? address = null;
            while (address is null && await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) is >= 0 and var at) address = line[at..].Trim();
            Assert.True(address is not null, "It tells no address.");
            Task<string> rest = process.StandardOutput.ReadToEndAsync(); // a full pipe would stop it
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            using HttpResponseMessage good = await client.PostAsync(
                new Uri("/classify", UriKind.Relative),
                new ByteArrayContent(await File.ReadAllBytesAsync(Face))
            );
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
            JsonElement answer = await good.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(expected.Label, answer.GetProperty("label").GetString());
            Assert.Equal(
                expected.Scores.Select(s => s.Probability),
                expected.Scores.Select(s => answer.GetProperty("scores").GetProperty(s.Label).GetSingle())
            );
            using HttpResponseMessage bad = await client.PostAsync(new Uri("/classify", UriKind.Relative), new ByteArrayContent([1, 2, 3]));
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, bad.StatusCode);
            Assert.False(rest.IsCompleted || errors.IsCompleted);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData("Classify.Console"), InlineData("Classify.Web")]
    public void They_are_short_and_see_the_public_surface_alone(string name)
    {
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "samples", name, "Program.cs")).Length, 10, 59);
        Assert.DoesNotContain(
            typeof(EmotionClassifier)
                .Assembly.GetCustomAttributes(typeof(System.Runtime.CompilerServices.InternalsVisibleToAttribute), false)
                .Cast<System.Runtime.CompilerServices.InternalsVisibleToAttribute>(),
            a => a.AssemblyName.StartsWith("Classify", StringComparison.Ordinal)
        );
    }

    // Tests are in bin/CONFIGURATION/FRAMEWORK, and so are the samples.
    private static Process Start(string name, params string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        string library = Path.Combine(Repository.Root, "samples", name, "bin", output.Parent!.Name, output.Name, $"{name}.dll");
        return Process.Start(
            new ProcessStartInfo("dotnet", [library, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
    }
}
