using EmotionMLNet;
using EmotionMLNet.Imaging;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string model = builder.Configuration["Model"] ?? "model.zip"; // --Model FILE, or an environment variable of that name

// One classifier for the whole application: it is thread-safe, and needs no disposal.
builder.Services.AddSingleton(_ => EmotionClassifier.Load(model, new EmotionClassifierOptions
{
    Reader = new ImageReaderOptions { MaxFileBytes = 10 << 20, MaxPixels = 20_000_000 }, // what strangers may send
}));

WebApplication app = builder.Build();
_ = app.Services.GetRequiredService<EmotionClassifier>(); // a wrong model is found at the start, not by the first visitor

// curl --data-binary @face.jpg http://localhost:5000/classify
app.MapPost("/classify", async (HttpRequest request, EmotionClassifier classifier, CancellationToken cancellationToken) =>
{
    try
    {
        Prediction prediction = await classifier.ClassifyAsync(request.Body, cancellationToken);
        Dictionary<string, float> scores = prediction.Scores.ToDictionary(s => s.Label, s => s.Probability);
        return Results.Ok(new { prediction.Label, prediction.Confidence, scores });
    }
    catch (ImageFormatException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status415UnsupportedMediaType);
    }
});

app.Run();
