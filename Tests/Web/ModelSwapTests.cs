using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Web.Models;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.Web;

/// <summary>Models change while the server runs: no request fails, and each answer is of the model that it names.</summary>
public sealed class ModelSwapTests
{
    private static readonly string Artifacts = Path.Combine(Repository.Root, "artifacts"),
        First = Path.Combine(Artifacts, "fer2013.zip"), Second = Path.Combine(Artifacts, "happy-sad.zip");

    // 20 in every run of the tests; EMOTIONMLNET_SWAPS=200 for a release.
    private static readonly int Swaps = int.Parse(
        Environment.GetEnvironmentVariable("EMOTIONMLNET_SWAPS") ?? "20", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Swaps_under_load_lose_no_request()
    {
        using var folder = new TemporaryFolder();
        File.Copy(First, folder["m.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<string, ConcurrentDictionary<string, int>>(); // by SHA-256
        Task[] load =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using HttpResponseMessage response = await server.PostAsync("/v1/classify", RunningServer.Face);
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    string text = await response.Content.ReadAsStringAsync();
                    answers.GetOrAdd(Sha256Of(text), _ => new()).AddOrUpdate(text, 1, (_, n) => n + 1);
                }
            })),
        ];
        ModelStore store = server.App.Services.GetRequiredService<ModelStore>();
        for (int i = 0; i < Swaps; i++)
        {
            string before = store.Find(null).Sha256;
            Replace(i % 2 == 0 ? Second : First, folder["m.zip"]);
            while (store.Find(null).Sha256 == before && load.All(t => !t.IsCompleted)) await Task.Delay(1);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(2, answers.Count);
        Assert.All(answers.Values, texts => Assert.Single(texts));
        Assert.Null(store.FindFailure("m"));
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_told_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        File.Copy(First, folder["m.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        string sha256 = (await ModelAsync(server)).GetProperty("sha256").GetString()!;
        byte[] half = File.ReadAllBytes(Second)[..100_000];
        AtomicFile.Write(folder["half"], stream => stream.Write(half));
        File.Move(folder["half"], folder["m.zip"], overwrite: true);
        JsonElement model;
        do model = await ModelAsync(server);
        while (model.GetProperty("swap").ValueKind == JsonValueKind.Null);
        Assert.NotEmpty(model.GetProperty("swap").GetProperty("title").GetString()!);
        Assert.Equal(sha256, model.GetProperty("sha256").GetString());
        using HttpResponseMessage answer = await server.PostAsync("/v1/classify", RunningServer.Face);
        Assert.Equal(sha256, Sha256Of(await answer.Content.ReadAsStringAsync()));
        // The next good one takes its place.
        Replace(Second, folder["m.zip"]);
        do model = await ModelAsync(server);
        while (model.GetProperty("sha256").GetString() == sha256);
        Assert.Equal(JsonValueKind.Null, model.GetProperty("swap").ValueKind);
    }

    [Fact]
    public async Task A_new_file_is_served_and_one_that_goes_stays()
    {
        using var folder = new TemporaryFolder();
        File.Copy(First, folder["m.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        Replace(Second, folder["other.zip"]);
        HttpResponseMessage response;
        do response = await server.PostAsync("/v1/classify?model=other", RunningServer.Face);
        while (response.StatusCode == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        File.Delete(folder["m.zip"]);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/classify", RunningServer.Face)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_file_that_was_never_served_is_listed_with_its_reason_until_it_goes()
    {
        using var folder = new TemporaryFolder();
        File.Copy(First, folder["m.zip"]);
        AtomicFile.Write(folder["part.zip"], stream => stream.Write(File.ReadAllBytes(Second).AsSpan(0, 100_000)));
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        JsonElement failed = Assert.Single((await ModelsAsync(server)).GetProperty("failed").EnumerateArray());
        Assert.Equal("part", failed.GetProperty("name").GetString());
        string reason = failed.GetProperty("title").GetString()!;
        Assert.NotEmpty(reason);
        JsonElement problem = await (await server.PostAsync("/v1/classify?model=part", RunningServer.Face)).ProblemAsync(503);
        Assert.Equal(reason, problem.GetProperty("detail").GetString());
        await (await server.GetAsync("/v1/models/part")).ProblemAsync(503);
        File.Delete(folder["part.zip"]);
        while ((await ModelsAsync(server)).GetProperty("failed").GetArrayLength() > 0) await Task.Delay(5);
        await (await server.GetAsync("/v1/models/part")).ProblemAsync(404);
    }

    [Fact]
    public async Task Where_nobody_said_which_is_the_default_a_broken_file_is_not()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.zip"], "no model");
        File.Copy(First, folder["b.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        Assert.Equal("b", (await ModelsAsync(server)).GetProperty("default").GetString());
        using HttpResponseMessage answer = await server.PostAsync("/v1/classify", RunningServer.Face);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        File.Delete(folder["b.zip"]);
        UserException none = await Assert.ThrowsAsync<UserException>(
            () => RunningServer.StartAsync(s => s with { Models = folder.FullName }));
        Assert.StartsWith("a: ", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_outside_the_folder_is_served_and_swapped_too()
    {
        using var folder = new TemporaryFolder();
        File.Copy(First, folder["mine.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Model = folder["mine.zip"] });
        ModelStore store = server.App.Services.GetRequiredService<ModelStore>();
        Assert.Equal("mine", store.Default);
        Assert.Contains("happy-sad", store.All.Select(m => m.Name));
        string before = store.Find(null).Sha256;
        Replace(Second, folder["mine.zip"]);
        while (store.Find(null).Sha256 == before) await Task.Delay(1);
        Assert.Equal(2, store.Find(null).Manifest.Labels.Count);
    }

    private static void Replace(string model, string path)
    {
        File.Copy(model, path + ".new", overwrite: true);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static async Task<JsonElement> ModelsAsync(RunningServer server)
    {
        using HttpResponseMessage response = await server.GetAsync("/v1/models");
        return await response.JsonAsync();
    }

    private static async Task<JsonElement> ModelAsync(RunningServer server)
    {
        using HttpResponseMessage response = await server.GetAsync("/v1/models/m");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static string Sha256Of(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("sha256").GetString()!;
}
