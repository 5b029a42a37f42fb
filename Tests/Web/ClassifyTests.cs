using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EmotionMLNet.Tests.Imaging;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Web;

/// <summary>POST /v1/classify: the same answers as the library, and a reason for every refusal.</summary>
public sealed class ClassifyTests(WebFixture fixture) : IClassFixture<WebFixture>
{
    private readonly RunningServer server = fixture.Server;

    [Fact]
    public async Task A_picture_has_the_answer_of_the_library()
    {
        Prediction expected = EmotionClassifier.Load(Path.Combine(Repository.Root, "artifacts", "fer2013.zip"))
            .Classify(RunningServer.Face);
        using HttpResponseMessage response = await server.PostAsync("/v1/classify", RunningServer.Face);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement answer = await response.JsonAsync();
        Assert.Equal(
            ["model", "sha256", "width", "height", "label", "confidence", "uncertain", "noFace", "scores", "faces"],
            answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal("fer2013", answer.GetProperty("model").GetString());
        Assert.Equal((48, 48), (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()));
        Assert.Equal(expected.Label, answer.GetProperty("label").GetString());
        Assert.Equal(
            expected.Scores.Select(s => (s.Label, s.Probability)),
            answer.GetProperty("scores").EnumerateArray()
                .Select(s => (s.GetProperty("label").GetString()!, s.GetProperty("score").GetSingle())));
        Assert.Matches(@"^queue;dur=\d+\.\d, decode;dur=\d+\.\d, prepare;dur=\d+\.\d, network;dur=\d+\.\d$", response.Headers.GetValues("Server-Timing").Single());
    }

    [Fact]
    public async Task Equal_requests_have_equal_bytes_however_the_picture_is_sent()
    {
        var answers = new List<byte[]>();
        string[] types = ["image/png", "application/x-www-form-urlencoded", "text/plain", "nonsense/nonsense"];
        foreach (string type in types)
        {
            var body = new ByteArrayContent(RunningServer.Face);
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), body);
            answers.Add(await response.Content.ReadAsByteArrayAsync());
        }
        using HttpResponseMessage form = await server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), Form(RunningServer.Face));
        answers.Add(await form.Content.ReadAsByteArrayAsync());
        Assert.All(answers, a => Assert.Equal(answers[0], a));
        Assert.Equal((byte)'{', answers[0][0]);
    }

    [Fact]
    public async Task Parameters_do_what_they_say()
    {
        byte[] face = RunningServer.Face;
        JsonElement plain = await Classify("", face), unsure = await Classify("?threshold=1", face);
        JsonElement flipped = await Classify("?tta=flip", face), other = await Classify("?model=happy-sad", face);
        Assert.False(plain.GetProperty("uncertain").GetBoolean());
        Assert.True(unsure.GetProperty("uncertain").GetBoolean());
        Assert.NotEqual(plain.GetProperty("confidence").GetSingle(), flipped.GetProperty("confidence").GetSingle());
        Assert.Equal("happy-sad", other.GetProperty("model").GetString());
        Assert.Equal(2, other.GetProperty("scores").GetArrayLength());
    }

    [Fact]
    public async Task Faces_have_boxes_and_no_face_is_an_answer()
    {
        byte[] empty = WorstPictures.Png(320, 240, 8, 2, interlaced: false);
        JsonElement none = await Classify("?faces=all", empty), whole = await Classify("?faces=off", empty);
        Assert.True(none.GetProperty("noFace").GetBoolean());
        Assert.Equal(JsonValueKind.Null, none.GetProperty("label").ValueKind);
        Assert.Equal(0, none.GetProperty("confidence").GetSingle());
        Assert.Equal(0, none.GetProperty("scores").GetArrayLength() + none.GetProperty("faces").GetArrayLength());
        Assert.Equal((320, 240), (none.GetProperty("width").GetInt32(), none.GetProperty("height").GetInt32()));
        Assert.False(whole.GetProperty("noFace").GetBoolean());
        Assert.Equal(7, whole.GetProperty("scores").GetArrayLength());
    }

    [Theory]
    [InlineData("?threshold=2"), InlineData("?threshold=0,5"), InlineData("?threshold=NaN")]
    [InlineData("?tta=crops"), InlineData("?faces=some")]
    public async Task A_wrong_parameter_is_400(string query)
    {
        using HttpResponseMessage response = await server.PostAsync("/v1/classify" + query, RunningServer.Face);
        await response.ProblemAsync(400);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_404()
    {
        using HttpResponseMessage response = await server.PostAsync("/v1/classify?model=../../etc/passwd", RunningServer.Face);
        await response.ProblemAsync(404);
    }

    [Fact]
    public async Task What_is_no_picture_is_415_and_a_damaged_one_422()
    {
        using HttpResponseMessage text = await server.PostAsync("/v1/classify", "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray());
        await text.ProblemAsync(415);
        using HttpResponseMessage cut = await server.PostAsync("/v1/classify", RunningServer.Face[..^200]);
        JsonElement problem = await cut.ProblemAsync(422);
        Assert.StartsWith("PNG, byte ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using HttpResponseMessage nothing = await server.PostAsync("/v1/classify", []);
        await nothing.ProblemAsync(400);
    }

    [Fact]
    public async Task More_than_one_picture_and_a_broken_form_are_400()
    {
        using HttpResponseMessage two = await server.Client.PostAsync(
            new Uri("/v1/classify", UriKind.Relative), Form(RunningServer.Face, RunningServer.Face));
        await two.ProblemAsync(400);
        var broken = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nabc"u8.ToArray());
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using HttpResponseMessage cut = await server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), broken);
        await cut.ProblemAsync(400);
    }

    [Fact]
    public async Task Names_of_files_are_never_answered()
    {
        var form = new MultipartFormDataContent();
        string[] names = ["../../etc/passwd", "=cmd|' /C calc'!A0", "\u202Egnp.exe", "a\\b\\c.png"];
        foreach (string name in names) form.Add(new ByteArrayContent(RunningServer.Face), "file", name);
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/classify-many", UriKind.Relative), form);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(4, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(names, name => Assert.DoesNotContain(name[^5..], text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_are_lines_in_the_order_of_the_files()
    {
        byte[][] files = [.. Enumerable.Range(0, 40).Select(i => i % 5 == 3 ? [1, 2, 3] : Pictures.Png(i))];
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/classify-many", UriKind.Relative), Form(files));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement line = JsonDocument.Parse(lines[i]).RootElement;
            Assert.Equal(i, line.GetProperty("index").GetInt32());
            Assert.Equal(i % 5 == 3, line.TryGetProperty("error", out JsonElement error));
            if (i % 5 == 3)
            {
                Assert.Equal(415, error.GetProperty("status").GetInt32());
                continue;
            }
            using HttpResponseMessage alone = await server.PostAsync("/v1/classify", files[i]);
            string expected = await alone.Content.ReadAsStringAsync();
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{i},{expected[1..]}"), lines[i]);
        }
    }

    [Fact]
    public async Task Many_without_a_file_or_a_form_are_refused()
    {
        using HttpResponseMessage none = await server.Client.PostAsync(
            new Uri("/v1/classify-many", UriKind.Relative), new MultipartFormDataContent { { new StringContent("x"), "field" } });
        await none.ProblemAsync(400);
        using HttpResponseMessage body = await server.PostAsync("/v1/classify-many", RunningServer.Face);
        await body.ProblemAsync(415);
    }

    private async Task<JsonElement> Classify(string query, byte[] picture)
    {
        using HttpResponseMessage response = await server.PostAsync("/v1/classify" + query, picture);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    internal static MultipartFormDataContent Form(params byte[][] files)
    {
        var form = new MultipartFormDataContent();
        foreach (byte[] file in files) form.Add(new ByteArrayContent(file), "file", "face.png");
        return form;
    }
}
